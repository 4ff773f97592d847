"""Arithmetic, digit images to text: one change of the published models at a time (E3, E12, E13).

Original: script task2_txt2txtimg2txt. With augmentation it divided pixels by 255 twice (E3) and
interpolated each image three times (E13). Without augmentation it trained on a quarter of the
queries (E12), and it is unknown whether it divided pixels twice. Each variant here changes one of
these; its baseline is the published variant with the same first words in its name. With more
queries, fewer epochs have the same number of steps. All are tested on unseen digit instances as
well (E9).
"""

from lib.config.arithmetic import Image2TextAblationSettings
from lib.config.experiments import Experiment
from lib.training.command import main

_UNAUGMENTED = {
    "augment": False,
    "rescale_twice": False,
    "validation_fraction": 0.75,
    "epochs": 500,
}

EXPERIMENT = Experiment(
    Image2TextAblationSettings(),
    variants={
        "flatten-rescaled-once": {"encoder": "flatten", "rescale_twice": False},
        "convlstm-rescaled-once": {"encoder": "convlstm", "rescale_twice": False, "epochs": 200},
        "flatten-interpolated-once": {"encoder": "flatten", "interpolations": 1},
        "flatten-unaugmented-rescaled-twice": {
            "encoder": "flatten",
            **_UNAUGMENTED,
            "rescale_twice": True,
        },
        # At full scale 250 steps per epoch: as many in all as 500 epochs of 79.
        "flatten-unaugmented-most-queries": {
            "encoder": "flatten",
            **_UNAUGMENTED,
            "validation_fraction": 0.2,
            "epochs": 158,
        },
    },
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
