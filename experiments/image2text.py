"""Arithmetic, digit images to text: two encoders, each with and without augmentation.

Original: script task2_txt2txtimg2txt; figures 12 and 13, tables 2 and 3; claims C12 to C15.
Without augmentation the original left out the second rescaling (E3) as well.
"""

from lib.experiment import Experiment
from lib.settings import Image2TextSettings
from lib.training import main

_UNAUGMENTED = {"augment": False, "rescale_twice": False}

EXPERIMENT = Experiment(
    Image2TextSettings(),
    variants={
        "flatten": {"encoder": "flatten"},
        "convlstm": {"encoder": "convlstm", "epochs": 200},
        "flatten-unaugmented": {"encoder": "flatten", **_UNAUGMENTED},
        "convlstm-unaugmented": {"encoder": "convlstm", **_UNAUGMENTED},
    },
)

if __name__ == "__main__":
    main(__file__)
