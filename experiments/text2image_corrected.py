"""Arithmetic, text to digit images, corrected: legible digits that vary.

Original: script A2_RNNs_text2image. A recurrent network and an adversarial generator with a style;
tested on a random fifth of the queries by a digit classifier that is trained apart (E4, E5, E6).
The labels of MNIST's training split are used; they train the auxiliary classifier.
"""

from lib.config.arithmetic import CorrectedText2ImageSettings
from lib.config.experiments import Experiment
from lib.training.command import main

EXPERIMENT = Experiment(
    CorrectedText2ImageSettings(), variants={"corrected": {}}, study="corrected"
)

if __name__ == "__main__":
    main(__file__)
