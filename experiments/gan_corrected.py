"""Generative adversarial network on faces, corrected.

Corrects what C6 and C7 criticise: a pyramid of filters at a fraction of the published networks'
cost, a hinge loss on spectrally normalised layers, and samples from a moving average of the
generator.
"""

from lib.config.experiments import Experiment
from lib.config.faces import CorrectedGANSettings
from lib.training.command import main

EXPERIMENT = Experiment(CorrectedGANSettings(), variants={"corrected": {}}, study="corrected")

if __name__ == "__main__":
    main(__file__)
