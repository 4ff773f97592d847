import numpy as np
import pytest

from lib.data.operators import operator_images


@pytest.mark.parametrize("operator", ["+", "-"])
def test_operators_are_drawn_within_their_rows_and_columns(operator):
    images = operator_images(operator, count=200, seed=3)
    assert images.shape == (200, 28, 28)
    assert images.dtype == np.uint8
    assert images.max() == 255
    # A line 2 pixels thick, anti-aliased, reaches at most 2 pixels beyond its middle.
    beam = np.zeros((28, 28), bool)
    beam[10:18, 4:24] = True
    allowed = beam | beam.T if operator == "+" else beam
    assert not images[:, ~allowed].any()
    # Between the latest start (9) and the earliest end (18) every column is crossed, in rows 12-15.
    crossed = images[:, 11:17, 10:18].max(axis=1)
    assert (crossed > 127).all()
    turned = images.transpose(0, 2, 1)[:, 11:17, 10:18].max(axis=1)
    assert (turned > 127).all() == (operator == "+")
    # Anti-aliased: there are greys between black and white.
    assert len(np.unique(images)) > 10


def test_operators_reach_every_end_that_is_allowed():
    images = operator_images("-", count=300, seed=0) > 127
    columns = [np.flatnonzero(image.any(axis=0)) for image in images]
    assert 3 <= len({ends[0] for ends in columns}) <= 6
    assert 3 <= len({ends[-1] for ends in columns}) <= 6
    middle = [np.flatnonzero(image[:, 14]).mean() for image in images]
    assert 11.5 <= min(middle) < 12.6
    assert 14.4 < max(middle) <= 15.5
    assert len(np.unique(images, axis=0)) > 100


def test_operators_follow_their_seed():
    first = operator_images("+")
    assert first.shape == (50, 28, 28)
    assert np.array_equal(first, operator_images("+"))
    assert not np.array_equal(first, operator_images("+", seed=1))
    with pytest.raises(ValueError, match="operator"):
        operator_images("x")
