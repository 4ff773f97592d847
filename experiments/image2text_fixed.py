"""Arithmetic, digit images to text, mended: at least 97% of the answers right, not 0.5 per symbol.

Original: script task2_txt2txtimg2txt. One convolutional network for all images, handwriting drawn
anew in each epoch; tested on a fifth of the queries, in digits of MNIST's test part (E3, E5, E9).
Besides the answer, the symbol of each image is a target: labels of MNIST's training part are used.
"""

from lib.experiment import Experiment
from lib.settings import FixedImage2TextSettings
from lib.training import main

EXPERIMENT = Experiment(FixedImage2TextSettings(), variants={"corrected": {}}, study="corrected")

if __name__ == "__main__":
    main(__file__)
