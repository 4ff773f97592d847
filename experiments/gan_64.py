"""Generative adversarial network on faces, 64 latent dimensions.

Original: script GAN_filtter128_latent64; figures 7 and 9; claims C5, C6 and C8.
"""

from lib.config.experiments import Experiment
from lib.config.faces import GANSettings
from lib.training.command import main

EXPERIMENT = Experiment(GANSettings(latent_dim=64))

if __name__ == "__main__":
    main(__file__)
