from pathlib import Path

import numpy as np
import pytest

from lib.config.arithmetic import Image2TextSettings
from lib.data import digits
from lib.data.arithmetic import TokenImages, arithmetic, sample_query_images
from lib.data.splits import random_split, split_off_last
from report.content import average_images
from report.criteria.image2text_defects import TRAINED_ON
from report.criteria.text2image_defects import HARDER
from report.loss_bounds import loss_bounds
from report.reference import image_sheets
from report.reference.recorded_content import averages_file

MNIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "mnist"


@pytest.fixture(scope="module")
def tokens():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (300, 28, 28), dtype=np.uint8)
    return TokenImages.of(images, np.arange(300, dtype=np.uint8) % 10)


def test_bounds_are_the_losses_of_images_against_random_instances(tokens):
    trained, validated = split_off_last(arithmetic().answers, 0.2)
    bounds = loss_bounds(tokens, trained, validated)
    random = np.random.default_rng(1)
    targets = tokens.images[tokens.sample(validated, random)] / 255
    one_image = (tokens.images[tokens.sample(trained, random)] / 255).mean(axis=0)
    averages = tokens.averages()[validated] / 255
    assert np.square(one_image - targets).mean() == pytest.approx(bounds.one_image, rel=0.01)
    assert np.square(averages - targets).mean() == pytest.approx(bounds.averages, rel=0.01)


def test_one_instance_per_digit_leaves_no_loss_to_the_averages():
    images = np.arange(10, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2) * 25
    tokens = TokenImages.of(images, np.arange(10, dtype=np.uint8))
    bounds = loss_bounds(tokens, *split_off_last(arithmetic().answers, 0.2))
    minus_fraction = (arithmetic().answers[16_000:] == 11).mean()
    of_minus = (tokens.mean_squares()[11] - tokens.averages()[11] ** 2).mean() / 255**2
    assert bounds.averages == pytest.approx(minus_fraction * of_minus)
    assert bounds.fraction(bounds.averages) == pytest.approx(1)
    assert bounds.fraction(bounds.one_image) == 0


@pytest.fixture(scope="module")
def mnist(tmp_path_factory):
    if not MNIST.is_dir():
        pytest.skip("no real MNIST in ../shared/data/mnist")
    folder = tmp_path_factory.mktemp("digits") / "digits"
    digits.prepare("auto", MNIST, folder)
    return TokenImages.for_training(digits.load(folder))


@pytest.fixture(scope="module")
def of_mnist(mnist):
    """The bounds for validation on the last fifth and on a random fifth."""
    answers = arithmetic().answers
    splits = split_off_last(answers, 0.2), random_split(answers, 0, test_size=0.2)
    return [loss_bounds(mnist, *split) for split in splits]


@pytest.mark.parametrize("seed", range(3))
def test_on_mnist_as_many_validation_digits_are_trained_on_as_e9_states(mnist, seed):
    queries = arithmetic().queries
    instances = sample_query_images(mnist, queries, seed)
    settings = Image2TextSettings()
    train, validation = random_split(
        np.arange(len(queries)), settings.split_seed, test_size=settings.validation_fraction
    )
    trained, validated = (instances[part][queries[part] < 10] for part in (train, validation))
    assert np.isin(validated, trained).mean() == pytest.approx(TRAINED_ON, abs=0.01)


def test_the_recorded_average_images_are_those_of_mnist(mnist):
    for profile in ("quick", "paper"):
        assert np.array_equal(image_sheets.read(averages_file(profile)), average_images(mnist))


def test_on_mnist_one_image_is_as_near_to_the_averages_of_random_queries_as_e4_states(of_mnist):
    last, random_queries = of_mnist
    nearer = (last.one_image - last.averages) - (random_queries.one_image - random_queries.averages)
    assert abs(nearer) < HARDER.margin / 3
    assert last.one_image - random_queries.one_image > HARDER.margin / 2
