"""Generative adversarial network on faces, 128 latent dimensions.

Original: script GAN_filtter128_latent128; figures 8 and 9; claims C5 to C8.
"""

from lib.config.experiments import Experiment
from lib.config.faces import GANSettings
from lib.training.command import main

EXPERIMENT = Experiment(GANSettings(latent_dim=128))

if __name__ == "__main__":
    main(__file__)
