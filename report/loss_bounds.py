"""The squared error that text to image can reach, computed from the digits alone."""

import dataclasses

import numpy as np

from lib.data import digits
from lib.data.arithmetic import VOCABULARY, TokenImages, arithmetic
from lib.data.splits import split_off_last
from lib.system import paths


@dataclasses.dataclass(frozen=True)
class LossBounds:
    """Expected validation losses, on pixels from 0 to 1, over the choice of digit instances."""

    one_image: float  # of the same image for every query: the average answer trained on
    averages: float  # of each correct token's average image, which no model beats

    def fraction(self, loss: float) -> float:
        """Return where `loss` lies between the one image, 0, and the averages, 1."""
        return (self.one_image - loss) / (self.one_image - self.averages)


def loss_bounds(tokens: TokenImages, trained: np.ndarray, validated: np.ndarray) -> LossBounds:
    """Return the bounds for the answers trained and validated on: codes, (n, 3) and (m, 3).

    The expected squared error of a pixel predicted as p is its target's variance plus the square
    of p minus its target's mean.
    """
    means = tokens.averages().reshape(len(VOCABULARY), -1) / 255
    variances = tokens.mean_squares().reshape(means.shape) / 255**2 - means**2
    one_image = _frequencies(trained) @ means
    frequencies = _frequencies(validated)
    least = float((frequencies @ variances).mean())
    distances = np.square(one_image[:, None] - means).mean(axis=-1)
    distance = float((frequencies * distances).sum(axis=-1).mean())
    return LossBounds(one_image=least + distance, averages=least)


def _frequencies(codes: np.ndarray) -> np.ndarray:
    """Return how often each token is in each position: (3, tokens), for codes (n, 3)."""
    counts = [np.bincount(each, minlength=len(VOCABULARY)) for each in codes.T]
    return np.stack(counts) / len(codes)


def of_prepared_digits(validation_fraction: float) -> LossBounds:
    """Return the bounds for the prepared digits, which text to image is trained on.

    Validation uses the last queries, a fraction `validation_fraction` of all. Raises UserError if
    the digits cannot be read.
    """
    tokens = prepared_tokens()
    return loss_bounds(tokens, *split_off_last(arithmetic().answers, validation_fraction))


def prepared_tokens() -> TokenImages:
    """Return the token images that models are trained on, of the prepared digits.

    Raises UserError if the digits cannot be read.
    """
    return TokenImages.for_training(digits.load(paths.DATA / "digits"))
