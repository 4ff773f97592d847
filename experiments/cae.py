"""Convolutional autoencoder on faces.

Original: the first part of all six VAE and GAN scripts. No figure of its own in the original.
"""

from lib.config.experiments import Experiment
from lib.config.faces import CAESettings
from lib.training.command import main

EXPERIMENT = Experiment(CAESettings())

if __name__ == "__main__":
    main(__file__)
