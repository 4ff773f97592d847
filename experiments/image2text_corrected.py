"""Arithmetic, digit images to text, corrected: one network for all images.

Original: script task2_txt2txtimg2txt. Convolutional, with digit instances resampled in each
epoch; tested on a fifth of the queries, in digits of MNIST's test split (E3, E5, E9).
The token of each image is a second target: the labels of MNIST's training split are used.
"""

from lib.config.arithmetic import CorrectedImage2TextSettings
from lib.config.experiments import Experiment
from lib.training.command import main

EXPERIMENT = Experiment(
    CorrectedImage2TextSettings(), variants={"corrected": {}}, study="corrected"
)

if __name__ == "__main__":
    main(__file__)
