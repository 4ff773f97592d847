"""Generative adversarial network on faces, 128 latent dimensions, its first epoch in full.

Original: script GAN_filtter128_latent128; the first images of figure 8; claim C7. The claim
is about one epoch alone, which a machine without a GPU can run at the original's scale.
"""

from lib.config.experiments import Experiment
from lib.config.faces import GANSettings
from lib.training.command import main

EXPERIMENT = Experiment(GANSettings(latent_dim=128, epochs=1))

if __name__ == "__main__":
    main(__file__)
