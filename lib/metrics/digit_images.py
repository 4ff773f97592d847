"""How sharp and how varied images of single digits are."""

import math

import numpy as np

from lib.metrics.images import mean_pairwise_ms_ssim, sharpness

DIGITS = 10
MS_SSIM_SCALES = 2  # a third would have 7 pixels, fewer than the filter
PAIRS = 300


def digit_image_metrics(images: np.ndarray, codes: np.ndarray, prefix: str) -> dict[str, float]:
    """Return `prefix`_sharpness and `prefix`_ms_ssim of images of digits.

    `images` is uint8 (n, 28, 28) and `codes` (n,) the digits they show, 0 to 9. Sharpness is the
    variance of the Laplacian, in squared 8-bit steps; ms_ssim is taken of random pairs of images of
    one digit: lower is more varied. Each digit that has two images counts alike, however many it
    has, so both can be compared with those of real digits. Not a number where none has two.
    """
    colours = np.repeat(images[..., None], 3, axis=-1)
    of_digits = [colours[codes == digit] for digit in range(DIGITS)]
    of_digits = [of_one for of_one in of_digits if len(of_one) > 1]
    if not of_digits:
        return {f"{prefix}_sharpness": math.nan, f"{prefix}_ms_ssim": math.nan}
    similarities = [
        mean_pairwise_ms_ssim(of_one, pairs=PAIRS, scales=MS_SSIM_SCALES) for of_one in of_digits
    ]
    return {
        f"{prefix}_sharpness": float(np.mean([sharpness(of_one).mean() for of_one in of_digits])),
        f"{prefix}_ms_ssim": float(np.mean(similarities)),
    }
