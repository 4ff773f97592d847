import numpy as np
import pytest
from scipy import stats

from lib.data.operators import operator_images


@pytest.mark.parametrize("operator", ["+", "-"])
def test_operators_are_drawn_within_their_rows_and_columns(operator):
    images = operator_images(operator, count=200, seed=3)
    assert images.shape == (200, 28, 28)
    assert images.dtype == np.uint8
    assert images.max() == 255
    # A line 2 pixels thick reaches at most 2 pixels beyond its middle.
    beam = np.zeros((28, 28), bool)
    beam[10:18, 4:24] = True
    allowed = beam | beam.T if operator == "+" else beam
    assert not images[:, ~allowed].any()
    # Between the latest start (9) and the earliest end (18) every column is crossed, in rows 12-15.
    assert images[:, 11:17, 10:18].any(axis=1).all()
    turned = images.transpose(0, 2, 1)
    assert turned[:, 11:17, 10:18].any(axis=1).all() == (operator == "+")
    # A plus is its own mirror image across the diagonal.
    assert np.array_equal(images, turned) == (operator == "+")
    assert np.array_equal(np.unique(images), [0, 255])


def test_every_drawing_of_the_original_s_range_occurs_and_no_other():
    """4 starts, 4 ends along the line, and 4 rows (columns) at each: 256, drawn evenly."""
    minus, plus = (operator_images(operator, count=20_000) for operator in "-+")
    kinds, counts = np.unique(minus, axis=0, return_counts=True)
    assert len(kinds) == 256
    assert stats.chisquare(counts).pvalue > 1e-3
    assert len(np.unique(plus, axis=0)) == 256
    # As measured on the original's function.
    assert abs(plus.mean() / 255 - 0.0919) < 0.001
    assert abs(minus.mean() / 255 - 0.0517) < 0.001


def test_operators_follow_their_seed():
    first = operator_images("+")
    assert first.shape == (50, 28, 28)
    assert np.array_equal(first, operator_images("+"))
    assert not np.array_equal(first, operator_images("+", seed=1))
    with pytest.raises(ValueError, match="operator"):
        operator_images("x")
