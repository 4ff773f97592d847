"""What squared error allows a text-to-image model, computed from the digits alone."""

import dataclasses

import numpy as np

from lib.data import digits
from lib.data.arithmetic import TokenImages, arithmetic
from lib.data.splits import split_off_last
from lib.system import paths


@dataclasses.dataclass(frozen=True)
class LossBounds:
    """Expected validation losses, on pixels from 0 to 1, over the choice of digit instances."""

    one_picture: float  # of the same drawing for every query: the average answer trained on
    averages: float  # of each right token's average image, which no drawing betters

    def share(self, loss: float) -> float:
        """Return how far `loss` is on the way from the one picture, 0, to the averages, 1."""
        return (self.one_picture - loss) / (self.one_picture - self.averages)


def loss_bounds(tokens: TokenImages, trained: np.ndarray, validated: np.ndarray) -> LossBounds:
    """Return the bounds for answers trained and validated on: codes, (n, 3) and (m, 3).

    The expected squared error of a pixel drawn as p is its target's variance, and the square of p
    less its target's mean.
    """
    means = tokens.averages() / 255
    variances = tokens.mean_squares() / 255**2 - means**2
    least = float(variances[validated].mean())
    distance = float(np.square(means[trained].mean(axis=0) - means[validated]).mean())
    return LossBounds(one_picture=least + distance, averages=least)


def of_prepared_digits(validation_fraction: float) -> LossBounds:
    """Return the bounds with the digits in the data folder, which text to image is trained on.

    Validated on are the last queries of all, such a share of them. Raises UserError where the
    digits cannot be read.
    """
    tokens = TokenImages.for_training(digits.load(paths.DATA / "digits"))
    return loss_bounds(tokens, *split_off_last(arithmetic().answers, validation_fraction))
