"""Models that learn from faces: autoencoder, VAE, GAN."""
