"""How near the weights of two models that were trained alike must be."""

import numpy as np


def assert_trained_alike(model, other, before, learning_rate, steps=1):
    """Check that `model` moved from the weights `before`, and `other` by the same.

    Adam divides a gradient by its own size, so that where a gradient is as small as the rounding of
    float32 its step is anything up to the learning rate; hence nearly all weights, not all.
    """
    moved = np.concatenate([w.ravel() for w in before])
    ours = np.concatenate([w.ravel() for w in model.get_weights()]) - moved
    theirs = np.concatenate([w.ravel() for w in other.get_weights()]) - moved
    assert np.abs(theirs).max() > 0.5 * learning_rate
    assert np.quantile(np.abs(ours - theirs), 0.99) < 0.01 * learning_rate * steps
    assert np.abs(ours - theirs).max() < 2.5 * learning_rate * steps
