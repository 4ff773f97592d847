"""Arithmetic, text to text, from few examples: how few suffice if the task is well posed.

Original: text2text, which needs a quarter of the queries (claims C9 to C11). Each `train-05-...`
omits one ingredient at about the same number of steps: fewer derived examples, more epochs.
"""

from lib.config.arithmetic import CorrectedText2TextSettings
from lib.config.experiments import Experiment
from lib.training.command import main

EXPERIMENT = Experiment(
    CorrectedText2TextSettings(),
    variants={
        "train-02": {"train_fraction": 0.02, "epochs": 300},
        "train-05": {},
        "train-25": {"train_fraction": 0.25, "epochs": 40},
        "train-05-exchanged": {"derive": "exchanged", "epochs": 300},
        "train-05-not-derived": {"derive": "nothing", "epochs": 570},
        "train-05-unaligned": {"align": False},
        "train-05-no-weight-decay": {"weight_decay": 0},
    },
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
