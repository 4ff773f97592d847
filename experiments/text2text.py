"""Arithmetic, text to text: one model for each of seven fractions of training queries.

Original: script task2_txt2txtimg2txt; figures 10 and 11, table 1; claims C9 to C12.
"""

from lib.config.arithmetic import Text2TextSettings
from lib.config.experiments import Experiment
from lib.training.command import main

EXPERIMENT = Experiment(
    Text2TextSettings(),
    variants={
        "train-95": {"train_fraction": 0.95},
        "train-90": {"train_fraction": 0.90},
        "train-75": {"train_fraction": 0.75},
        "train-50": {"train_fraction": 0.50},
        "train-25": {"train_fraction": 0.25},
        "train-10": {"train_fraction": 0.10},
        "train-05": {"train_fraction": 0.05},
    },
)

if __name__ == "__main__":
    main(__file__)
