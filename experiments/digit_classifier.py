"""Digit classifier: a small classifier of single tokens, which measures how legible answers are.

Original: none; its authors suggest it, untested (claim C18).
"""

from lib.config.arithmetic import DigitClassifierSettings
from lib.config.experiments import Experiment
from lib.training.command import main

EXPERIMENT = Experiment(DigitClassifierSettings(), variants={"corrected": {}}, study="corrected")

if __name__ == "__main__":
    main(__file__)
