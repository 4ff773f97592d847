"""Generative adversarial network on faces: an Adam for each network, in the first epoch (E11).

The published models train both networks with one Adam; the baseline is `gan_first_epoch`.
"""

from lib.config.experiments import Experiment
from lib.config.faces import GANSettings
from lib.training.command import main

EXPERIMENT = Experiment(
    GANSettings(latent_dim=128, epochs=1),
    variants={"separate-optimizers": {"optimizer": "separate"}},
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
