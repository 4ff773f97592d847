"""Generative adversarial network on faces, 128 latent dimensions, its first epoch in full.

Original: script GAN_filtter128_latent128; the first images of figure 8; claim C7. One epoch is all
that this claim is about, so that a machine without a GPU can judge it at the original's scale.
"""

from lib.experiment import Experiment
from lib.settings import GANSettings
from lib.training import main

EXPERIMENT = Experiment(GANSettings(latent_dim=128, epochs=1))

if __name__ == "__main__":
    main(__file__)
