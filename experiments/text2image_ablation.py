"""Arithmetic, text to digit images: one change of the published models at a time (E4, E5, E10).

Original: script A2_RNNs_text2image. A digit reader, which takes no part in the training, reads the
answers that are drawn (E6), those of the published twin as well, which is 1/1/512. The unstopped
models train for all epochs at one learning rate.
"""

from lib.config.arithmetic import Text2ImageAblationSettings
from lib.config.experiments import Experiment
from lib.training.command import main

_ALL_EPOCHS = Text2ImageAblationSettings.epochs
_UNSTOPPED = {"stop_patience": _ALL_EPOCHS, "reduce_patience": _ALL_EPOCHS}

EXPERIMENT = Experiment(
    Text2ImageAblationSettings(),
    variants={
        "published-twin": {},
        "random-validation": {"validation": "random"},
        "redrawn-digits": {"redraw_digits": True},
        "unstopped-1-1-512": _UNSTOPPED,
        "unstopped-2-1-512": {"encoder_layers": 2, **_UNSTOPPED},
    },
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
