"""Accuracy of predicted sequences, and how certain a mean over seeds is."""

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit  # scipy.stats has it too, but takes a second to import

LEVEL = 0.95  # of every confidence interval


def per_character_accuracy(predicted: np.ndarray, target: np.ndarray) -> float:
    """Return the fraction of equal positions, padding included, of integer arrays (N, T).

    It is what Keras calls accuracy of a sequence of softmax outputs, so it is the quantity of the
    original study. Raises ValueError for unequal shapes.
    """
    return float(_equal(predicted, target).mean())


def exact_match(predicted: np.ndarray, target: np.ndarray) -> float:
    """Return the fraction of sequences, rows of integer arrays (N, T), right at every position.

    Raises ValueError for unequal shapes.
    """
    return float(_equal(predicted, target).all(axis=1).mean())


def _equal(predicted: np.ndarray, target: np.ndarray) -> np.ndarray:
    if predicted.shape != target.shape or predicted.ndim != 2 or not predicted.size:
        raise ValueError(f"need two equal shapes (N, T), not {predicted.shape} and {target.shape}")
    return predicted == target


def mean_interval(values: Sequence[float], level: float = LEVEL) -> tuple[float, float | None]:
    """Return the mean of independent values and the half-width of its confidence interval.

    Student's t with n - 1 degrees of freedom ("Student", 1908); None for a single value.
    Raises ValueError where there is none.
    """
    if not len(values):
        raise ValueError("no values to average")
    mean = float(np.mean(values))
    if len(values) == 1:
        return mean, None
    quantile = stdtrit(len(values) - 1, (1 + level) / 2)
    return mean, float(quantile * np.std(values, ddof=1) / np.sqrt(len(values)))
