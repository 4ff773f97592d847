"""Generative adversarial network on faces, 256 latent dimensions.

Original: script GAN_filter128_latent256; figures 4 and 9; claims C5, C6 and C8.
"""

from lib.config.experiments import Experiment
from lib.config.faces import GANSettings
from lib.training.command import main

EXPERIMENT = Experiment(GANSettings(latent_dim=256))

if __name__ == "__main__":
    main(__file__)
