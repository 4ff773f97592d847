"""Variational autoencoder on faces, 64 latent dimensions.

Original: script VAE_filter64_latent64; figures 2, 5 and 6; claims C1, C2 and C4.
"""

from lib.config.experiments import Experiment
from lib.config.faces import VAESettings
from lib.training.command import main

EXPERIMENT = Experiment(VAESettings(latent_dim=64))

if __name__ == "__main__":
    main(__file__)
