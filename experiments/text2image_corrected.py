"""Arithmetic, text to digit images, corrected: legible digits that vary.

Original: script A2_RNNs_text2image. A recurrent network and an adversarial generator with a style;
tested on a fifth of the queries, drawn at random, by a digit classifier that takes no part in the
training (E4, E5, E6). Labels of MNIST's training part are used, and train a reader of their own.
"""

from lib.config.arithmetic import CorrectedText2ImageSettings
from lib.config.experiments import Experiment
from lib.training.command import main

EXPERIMENT = Experiment(
    CorrectedText2ImageSettings(), variants={"corrected": {}}, study="corrected"
)

if __name__ == "__main__":
    main(__file__)
