"""What contradicts each claim, for the tests of its verdict."""

import numpy as np

from report.criteria.claims import EvaluatedClaim, evaluated
from tests.report.claimed_study import DIGITS, GREY, PUBLISHED, content, published_series

VAE_32, VAE_64 = ("vae_32", PUBLISHED), ("vae_64", PUBLISHED)
WIDE, GAN_64 = ("vae_64_wide", PUBLISHED), ("gan_64", PUBLISHED)
FIRST_EPOCH = ("gan_first_epoch", PUBLISHED)
UNAUGMENTED, CONVLSTM = ("image2text", "flatten-unaugmented"), ("image2text", "convlstm")
DEEP, FLAT = ("text2image", "2-1-512"), ("text2image", "1-1-512")
TENTH, QUARTER = ("text2text", "train-10"), ("text2text", "train-25")
LATE_GAIN = np.repeat([-0.05, 0.05], [75, 25])  # on top of a curve, and within its tolerance

# What makes each claim false: the number, and its value there.
CONTRADICTIONS = {
    "C1": (*VAE_32, "loss", 0.45),
    "C2": (*VAE_32, "samples_sharpness", 150.0),
    "C3": (*WIDE, "loss", 0.57),
    "C4": (*VAE_64, "interpolation_smoothness", 3.0),
    "C5": (*GAN_64, "samples_swd", 120.0),
    "C6": (*GAN_64, "samples_sharpness", 1300.0),
    "C7": (*FIRST_EPOCH, "samples.samples", GREY),
    "C8": (*GAN_64, "interpolation_smoothness", 3.0),
    "C9": (*QUARTER, "test_accuracy", 0.8),
    "C10": (*TENTH, "test_accuracy", 0.9),
    "C11": (
        *(*TENTH, "series.val_accuracy"),
        (published_series(11, "train_10_validation", 100) + LATE_GAIN).tolist(),
    ),
    "C12": (*CONVLSTM, "validation_accuracy", 0.95),
    "C13": (*CONVLSTM, "series.val_accuracy", [0.4] * 200),
    "C14": (*UNAUGMENTED, "validation_accuracy", 0.7),
    "C15": (*CONVLSTM, "validation_accuracy", 0.9),
    "C16": (*DEEP, "validation_loss", 0.04),
    "C17": (*FLAT, "samples.training_predictions", DIGITS),
    "C19": (*VAE_64, "reconstruction_loss", 0.499),
    "C20": (*TENTH, "series.val_accuracy", [0.99] * 100),
    "C21": (*TENTH, "series.val_accuracy", [0.6] * 100),
    "C22": (*VAE_64, "sizes.distinct", 1),
}
# Evaluated from the data alone, which no seed changes; suggested, or contradicted, by the original.
SEEDLESS, PROPOSED, CONTRADICTED = "C22", "C18", "C21"


def evaluate(claim, work, change=None, **requested) -> EvaluatedClaim:
    """Return a claim, evaluated on the study of `requested`, with one changed number."""
    changes = {tuple(change[:3]): change[3]} if change else {}
    return evaluated(content(work, changes=changes, **requested))[claim]
