"""Accuracy of predicted sequences."""

import numpy as np


def per_character_accuracy(predicted: np.ndarray, target: np.ndarray) -> float:
    """Return the fraction of equal positions, padding included, of integer arrays (N, T).

    It is what Keras calls accuracy of a sequence of softmax outputs, so it is the quantity of the
    original study. Raises ValueError for unequal shapes.
    """
    return float(_equal(predicted, target).mean())


def exact_match(predicted: np.ndarray, target: np.ndarray) -> float:
    """Return the fraction of sequences, rows of integer arrays (N, T), correct at every position.

    Raises ValueError for unequal shapes.
    """
    return float(_equal(predicted, target).all(axis=1).mean())


def _equal(predicted: np.ndarray, target: np.ndarray) -> np.ndarray:
    if predicted.shape != target.shape or predicted.ndim != 2 or not predicted.size:
        raise ValueError(f"need two equal shapes (N, T), not {predicted.shape} and {target.shape}")
    return predicted == target
