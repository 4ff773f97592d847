"""Variational autoencoder on faces, 64 latent dimensions, 128 filters instead of 64.

Original: said to have been tried, not shown; claim C3.
"""

from lib.config.experiments import Experiment
from lib.config.faces import VAESettings
from lib.training.command import main

EXPERIMENT = Experiment(VAESettings(latent_dim=64, filters=128))

if __name__ == "__main__":
    main(__file__)
