"""Accuracy of predicted sequences."""

import numpy as np


def per_character_accuracy(predicted: np.ndarray, target: np.ndarray) -> float:
    """Return the fraction of equal positions, padding included, of integer arrays (N, T).

    This is Keras' accuracy of a sequence of softmax outputs, which the original study reports.
    Raises ValueError for unequal shapes.
    """
    return float(_equal(predicted, target).mean())


def exact_match(predicted: np.ndarray, target: np.ndarray) -> float:
    """Return the fraction of the N sequences of integers (N, T) that are correct at every position.

    Raises ValueError for unequal shapes.
    """
    return float(_equal(predicted, target).all(axis=1).mean())


def _equal(predicted: np.ndarray, target: np.ndarray) -> np.ndarray:
    if predicted.shape != target.shape or predicted.ndim != 2 or not predicted.size:
        raise ValueError(f"need two equal shapes (N, T), not {predicted.shape} and {target.shape}")
    return predicted == target
