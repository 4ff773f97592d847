"""Arithmetic, digit images to text: two encoders, each with and without augmentation.

Original: script task2_txt2txtimg2txt; figures 12 and 13, tables 2 and 3; claims C12 to C15.
There is no code for figure 13, without augmentation: its curves fit models trained on a quarter of
the queries, as the script's commented-out split selects them (E12).
"""

from lib.config.arithmetic import Image2TextSettings
from lib.config.experiments import Experiment
from lib.training.command import main

_UNAUGMENTED = {"augment": False, "rescale_twice": False, "validation_fraction": 0.75}

EXPERIMENT = Experiment(
    Image2TextSettings(),
    variants={
        "flatten": {"encoder": "flatten"},
        "convlstm": {"encoder": "convlstm", "epochs": 200},
        "flatten-unaugmented": {"encoder": "flatten", "epochs": 500, **_UNAUGMENTED},
        "convlstm-unaugmented": {"encoder": "convlstm", "epochs": 500, **_UNAUGMENTED},
    },
)

if __name__ == "__main__":
    main(__file__)
