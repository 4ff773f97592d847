"""Convolutional autoencoder on faces.

Original: the first part of all six VAE and GAN scripts. No figure of its own in the original.
"""

from lib.experiment import Experiment
from lib.settings import CAESettings
from lib.training import main

EXPERIMENT = Experiment(CAESettings())

if __name__ == "__main__":
    main(__file__)
