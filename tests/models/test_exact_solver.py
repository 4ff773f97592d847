import numpy as np
import pytest

from lib.data.arithmetic import DigitInstances, arithmetic, encode
from lib.data.digits import Digits
from lib.models.arithmetic.exact_solver import solved


def test_every_query_read_right_is_answered_right():
    assert np.array_equal(solved(arithmetic().queries), arithmetic().answers)


@pytest.mark.parametrize(
    "read",
    [
        *("     ", "+    ", "12345", "1+   ", "+1   ", "1++2 ", "1-+2 ", "-1+2 ", "1 +2 ", " 1+2 "),
        *("07+3 ", "7+03 ", "100+1", "1+100", "1+2+3", "00-0 "),
    ],
)
def test_what_is_no_query_is_answered_with_blanks_and_so_wrong(read):
    (answer,) = solved(encode([read]))
    assert np.array_equal(answer, encode(["   "])[0])
    assert not (arithmetic().answers == answer).all(axis=1).any()


def test_a_digit_read_wrong_gives_the_answer_to_what_was_read():
    assert np.array_equal(solved(encode(["96-2 ", "0-99 "])), encode(["94 ", "-99"]))


@pytest.mark.parametrize("part", ["training", "unseen"])
def test_images_told_apart_without_error_are_answered_without_error(part):
    """Each class has images of its own grey; whoever knows the greys reads perfectly."""
    random = np.random.default_rng(0)
    labels = np.tile(np.arange(10, dtype=np.uint8), 3)
    greys = (labels + 100 + 10 * random.integers(0, 2, 30)).astype(np.uint8)
    images = np.broadcast_to(greys[:, None, None], (30, 28, 28))
    instances = DigitInstances.of(Digits(images[:20], labels[:20], images[20:], labels[20:], {}))
    draw = {"training": instances.sample_training, "unseen": instances.sample_unseen}[part]
    drawn = instances.images[draw(arithmetic().queries, seed=3)]
    read = read_greys(drawn)
    assert np.array_equal(solved(read), arithmetic().answers)


def read_greys(images):
    """Return the codes of images (n, 5, 28, 28): a uniform grey is a digit, bars are counted."""
    corner, brightest = images[..., 0, 0], images.max(axis=(-1, -2))
    is_drawn = (corner == 0) & (brightest > 0)
    upright = (images.max(axis=-1) > 0).sum(axis=-1) > 8  # indices that a stroke crosses
    codes = np.where(corner >= 100, corner % 10, 12)
    return np.where(is_drawn, np.where(upright, 10, 11), codes).astype(np.uint8)
