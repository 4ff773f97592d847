"""Splits of the queries: to train on, to validate on and to test on."""

import math

import numpy as np

from lib.system.errors import UserError


def random_split(
    indices: np.ndarray,
    seed: int,
    *,
    train_size: float | None = None,
    test_size: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Split `indices` at random in two, given the fraction of the first or of the second.

    The splits are those of scikit-learn's train_test_split, which the original calls; importing it
    takes 70 MB of memory. Raises UserError if a split would be empty.
    """
    if test_size is None:
        second = len(indices) - math.floor(train_size * len(indices))
    else:
        second = math.ceil(test_size * len(indices))
    if not 0 < second < len(indices):
        fraction = (
            f"{train_size:g} to train on" if test_size is None else f"{test_size:g} to test on"
        )
        raise UserError(f"{fraction} of {len(indices)} queries leaves a split empty; change it")
    shuffled = indices[np.random.RandomState(seed).permutation(len(indices))]
    return shuffled[second:], shuffled[:second]


def split_off_last(indices: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the first indices and the last `fraction` of them, as Keras' validation_split does.

    Raises UserError if a split would be empty.
    """
    kept = int(len(indices) * (1 - fraction))
    if kept in (0, len(indices)):
        raise UserError(
            f"{fraction:g} to validate on of {len(indices)} queries leaves a split empty; change it"
        )
    return indices[:kept], indices[kept:]
