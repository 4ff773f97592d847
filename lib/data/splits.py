"""How queries are split into parts to train on, to validate and to test on."""

import math

import numpy as np

from lib.system.errors import UserError


def random_split(
    rows: np.ndarray, seed: int, *, train_size: float | None = None, test_size: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return two parts of `rows` drawn at random, given the share of the first or of the second.

    The parts are those of scikit-learn's train_test_split, which the original calls; importing it
    takes 70 MB of memory. Raises UserError where a part would be empty.
    """
    if test_size is None:
        second = len(rows) - math.floor(train_size * len(rows))
    else:
        second = math.ceil(test_size * len(rows))
    if not 0 < second < len(rows):
        share = f"{train_size:g} to train on" if test_size is None else f"{test_size:g} to test on"
        raise UserError(f"{share} of {len(rows)} queries leaves a part empty; change it")
    drawn = rows[np.random.RandomState(seed).permutation(len(rows))]
    return drawn[second:], drawn[:second]


def split_off_last(rows: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the first rows and the last `share` of them, as Keras' validation_split does.

    Raises UserError where a part would be empty.
    """
    kept = int(len(rows) * (1 - share))
    if kept in (0, len(rows)):
        raise UserError(
            f"{share:g} to validate on of {len(rows)} queries leaves a part empty; change it"
        )
    return rows[:kept], rows[kept:]
