"""Variational autoencoder on faces, corrected.

Corrects E1 and E7: the evidence lower bound of a likelihood of 8-bit pixels, both terms in nats per
image, and samples from the full prior, a Gaussian fitted to the encoded faces. The bottleneck is
linear, and the decoder has about as many parameters as the published one.
"""

from lib.config.experiments import Experiment
from lib.config.faces import CorrectedVAESettings
from lib.training.command import main

EXPERIMENT = Experiment(CorrectedVAESettings(), variants={"corrected": {}}, study="corrected")

if __name__ == "__main__":
    main(__file__)
