from pathlib import Path

import numpy as np
import pytest

from lib.data import digits
from lib.data.arithmetic import TokenImages, arithmetic
from lib.data.splits import random_split, split_off_last
from report.criteria.sequence_defects import LOSS_MARGIN, ONE_PICTURE
from report.loss_bounds import loss_bounds

MNIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "mnist"


@pytest.fixture(scope="module")
def tokens():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (300, 28, 28), dtype=np.uint8)
    return TokenImages.of(images, np.arange(300, dtype=np.uint8) % 10)


def test_losses_are_those_of_drawings_against_handwriting(tokens):
    trained, validated = split_off_last(arithmetic().answers, 0.2)
    bounds = loss_bounds(tokens, trained, validated)
    random = np.random.default_rng(1)
    targets = tokens.images[tokens.sample(validated, random)] / 255
    one_picture = (tokens.images[tokens.sample(trained, random)] / 255).mean(axis=0)
    averages = tokens.averages()[validated] / 255
    assert np.square(one_picture - targets).mean() == pytest.approx(bounds.one_picture, rel=0.01)
    assert np.square(averages - targets).mean() == pytest.approx(bounds.averages, rel=0.01)


def test_one_handwriting_leaves_no_loss_to_the_averages():
    images = np.arange(10, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2) * 25
    tokens = TokenImages.of(images, np.arange(10, dtype=np.uint8))
    bounds = loss_bounds(tokens, *split_off_last(arithmetic().answers, 0.2))
    drawn = (arithmetic().answers[16_000:] == 11).mean()
    of_minus = (tokens.mean_squares()[11] - tokens.averages()[11] ** 2).mean() / 255**2
    assert bounds.averages == pytest.approx(drawn * of_minus)
    assert bounds.share(bounds.averages) == pytest.approx(1)
    assert bounds.share(bounds.one_picture) == 0


@pytest.fixture(scope="module")
def of_mnist(tmp_path_factory):
    """The bounds where the last fifth is validated on, and where any fifth is."""
    if not MNIST.is_dir():
        pytest.skip("no real MNIST in ../shared/data/mnist")
    folder = tmp_path_factory.mktemp("digits") / "digits"
    digits.prepare("auto", MNIST, folder)
    tokens, answers = TokenImages.for_training(digits.load(folder)), arithmetic().answers
    splits = split_off_last(answers, 0.2), random_split(answers, 0, test_size=0.2)
    return [loss_bounds(tokens, *split) for split in splits]


def test_of_mnist_one_picture_has_the_share_that_e5_names(of_mnist):
    for bounds in of_mnist:
        against_averages = bounds.one_picture - bounds.averages
        assert against_averages / bounds.one_picture == pytest.approx(ONE_PICTURE, abs=0.01)


def test_of_mnist_one_picture_is_no_nearer_to_the_averages_of_any_queries_as_e4_says(of_mnist):
    last, any_query = of_mnist
    nearer = (last.one_picture - last.averages) - (any_query.one_picture - any_query.averages)
    assert abs(nearer) < LOSS_MARGIN / 3
    assert last.one_picture - any_query.one_picture > LOSS_MARGIN / 2
