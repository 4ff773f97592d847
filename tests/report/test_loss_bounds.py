from pathlib import Path

import numpy as np
import pytest

from lib.data import digits
from lib.data.arithmetic import SymbolImages, arithmetic
from report.criteria_defects import ONE_PICTURE
from report.loss_bounds import loss_bounds

MNIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "mnist"


@pytest.fixture(scope="module")
def symbols():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (300, 28, 28), dtype=np.uint8)
    return SymbolImages.of(images, np.arange(300, dtype=np.uint8) % 10)


def test_losses_are_those_of_drawings_against_handwriting(symbols):
    bounds = loss_bounds(symbols, 0.2)
    trained, validated = arithmetic().answers[:16_000], arithmetic().answers[16_000:]
    random = np.random.default_rng(1)
    targets = symbols.images[symbols.draw(validated, random)] / 255
    one_picture = (symbols.images[symbols.draw(trained, random)] / 255).mean(axis=0)
    averages = symbols.averages()[validated] / 255
    assert np.square(one_picture - targets).mean() == pytest.approx(bounds.one_picture, rel=0.01)
    assert np.square(averages - targets).mean() == pytest.approx(bounds.averages, rel=0.01)


def test_one_handwriting_leaves_no_loss_to_the_averages():
    images = np.arange(10, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2) * 25
    symbols = SymbolImages.of(images, np.arange(10, dtype=np.uint8))
    bounds = loss_bounds(symbols, 0.2)
    drawn = (arithmetic().answers[16_000:] == 11).mean()
    of_minus = (symbols.mean_squares()[11] - symbols.averages()[11] ** 2).mean() / 255**2
    assert bounds.averages == pytest.approx(drawn * of_minus)
    assert bounds.share(bounds.averages) == pytest.approx(1)
    assert bounds.share(bounds.one_picture) == 0


@pytest.mark.skipif(not MNIST.is_dir(), reason="no real MNIST in ../shared/data/mnist")
def test_of_mnist_one_picture_has_the_share_that_e5_names(tmp_path):
    digits.prepare("auto", MNIST, tmp_path / "digits")
    bounds = loss_bounds(SymbolImages.for_training(digits.load(tmp_path / "digits")), 0.2)
    against_averages = bounds.one_picture - bounds.averages
    assert against_averages / bounds.one_picture == pytest.approx(ONE_PICTURE, abs=0.01)
