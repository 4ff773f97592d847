"""Sharpness and diversity of images of single digits."""

import math

import numpy as np

from lib.metrics.images import sharpness
from lib.metrics.ms_ssim import mean_pairwise_ms_ssim

DIGITS = 10
SCALES = 2  # a third would have 7 pixels, fewer than the filter
PAIRS = 300


def digit_image_metrics(images: np.ndarray, labels: np.ndarray, prefix: str) -> dict[str, float]:
    """Return `prefix`_sharpness and `prefix`_ms_ssim of images of digits.

    `images` is uint8 (n, 28, 28) and `labels` (n,) the digits they show, 0 to 9. Sharpness is the
    variance of the Laplacian, in squared 8-bit steps; ms_ssim is that of random pairs of images of
    the same digit: lower is more diverse. Every digit with at least two images has equal weight, so
    values are comparable with those of real digits. Both are NaN if no digit has two images.
    """
    colours = np.repeat(images[..., None], 3, axis=-1)
    of_digits = [colours[labels == digit] for digit in range(DIGITS)]
    of_digits = [of_one for of_one in of_digits if len(of_one) > 1]
    if not of_digits:
        return {f"{prefix}_sharpness": math.nan, f"{prefix}_ms_ssim": math.nan}
    similarities = [mean_pairwise_ms_ssim(each, pairs=PAIRS, scales=SCALES) for each in of_digits]
    return {
        f"{prefix}_sharpness": float(np.mean([sharpness(of_one).mean() for of_one in of_digits])),
        f"{prefix}_ms_ssim": float(np.mean(similarities)),
    }
