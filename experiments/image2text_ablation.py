"""Arithmetic, digit images to text: each published model with the other scale of its pixels (E3).

Original: script task2_txt2txtimg2txt. With augmentation it divided pixels by 255 twice, without it
once; each variant here changes that alone, so its twin is the published variant named like its
beginning. All are judged on handwriting that was never trained on as well (E9).
"""

from lib.experiment import Experiment
from lib.settings import Image2TextAblationSettings
from lib.training import main

_ONCE = {"augment": True, "rescale_twice": False}
_TWICE = {"augment": False, "rescale_twice": True}

EXPERIMENT = Experiment(
    Image2TextAblationSettings(),
    variants={
        "flatten-rescaled-once": {"encoder": "flatten", **_ONCE},
        "flatten-unaugmented-rescaled-twice": {"encoder": "flatten", **_TWICE},
        "convlstm-rescaled-once": {"encoder": "convlstm", "epochs": 200, **_ONCE},
        "convlstm-unaugmented-rescaled-twice": {"encoder": "convlstm", **_TWICE},
    },
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
