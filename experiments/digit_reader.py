"""Digit reader: a small classifier of single symbols, which measures how legible answers are.

Original: none; its authors suggest it, untested (claim C18).
"""

from lib.experiment import Experiment
from lib.settings import DigitReaderSettings
from lib.training import main

EXPERIMENT = Experiment(DigitReaderSettings(), variants={"corrected": {}}, study="corrected")

if __name__ == "__main__":
    main(__file__)
