"""Arithmetic, text to digit images: five depths of encoder and decoder.

Original: script A2_RNNs_text2image; figures 14 and 15, table 4; claims C16 and C17.
A variant's name is its encoder layers, decoder layers and units.
"""

from lib.config.arithmetic import Text2ImageSettings
from lib.config.experiments import Experiment
from lib.training.command import main

EXPERIMENT = Experiment(
    Text2ImageSettings(),
    variants={
        "1-1-512": {"encoder_layers": 1, "decoder_layers": 1, "units": 512},
        "2-1-512": {"encoder_layers": 2, "decoder_layers": 1, "units": 512},
        "1-2-512": {"encoder_layers": 1, "decoder_layers": 2, "units": 512},
        "2-2-256": {"encoder_layers": 2, "decoder_layers": 2, "units": 256},
        "3-2-256": {"encoder_layers": 3, "decoder_layers": 2, "units": 256},
    },
)

if __name__ == "__main__":
    main(__file__)
