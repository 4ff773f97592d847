"""Arithmetic, text to digit images: one change of the published models at a time (E4, E5, E10).

Original: script A2_RNNs_text2image. A digit classifier, trained apart, reads the
generated answers (E6). The baseline is the published 1/1/512. The models without early stopping
train for all epochs at one learning rate.
"""

from lib.config.arithmetic import Text2ImageAblationSettings
from lib.config.experiments import Experiment
from lib.training.command import main

_ALL_EPOCHS = Text2ImageAblationSettings.epochs
_NO_EARLY_STOPPING = {"stop_patience": _ALL_EPOCHS, "reduce_patience": _ALL_EPOCHS}

EXPERIMENT = Experiment(
    Text2ImageAblationSettings(),
    variants={
        "baseline": {},
        "random-validation": {"validation": "random"},
        "resampled-digits": {"resample_digits": True},
        "no-early-stopping-1-1-512": _NO_EARLY_STOPPING,
        "no-early-stopping-2-1-512": {"encoder_layers": 2, **_NO_EARLY_STOPPING},
    },
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
