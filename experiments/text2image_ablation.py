"""Arithmetic, text to digit images: one change of the published 1/1/512 model at a time (E4, E5).

Original: script A2_RNNs_text2image. A digit reader, which takes no part in the training, reads the
answers that are drawn (E6), those of the published twin as well.
"""

from lib.experiment import Experiment
from lib.settings import Text2ImageAblationSettings
from lib.training import main

EXPERIMENT = Experiment(
    Text2ImageAblationSettings(),
    variants={
        "published-twin": {},
        "random-validation": {"validation": "random"},
        "redrawn-digits": {"redraw_digits": True},
    },
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
