import numpy as np
import pytest
from scipy import ndimage

from lib.metrics.digit_images import digit_image_metrics
from lib.metrics.ms_ssim import ms_ssim


def noise(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 28), dtype=np.uint8)


def test_sharpness_is_the_variance_of_scipy_s_laplacian_and_every_digit_has_equal_weight():
    """A digit with six times as many images, all of them constant, has the same weight."""
    images = np.concatenate([noise(2), np.zeros((12, 28, 28), np.uint8)])
    found = digit_image_metrics(images, np.array([3] * 2 + [5] * 12), "x")["x_sharpness"]
    laplacians = (ndimage.laplace(image.astype(float), mode="mirror") for image in images[:2])
    assert found == pytest.approx(np.mean([each.var() for each in laplacians]) / 2, rel=1e-4)


def test_equal_images_of_each_digit_have_similarity_1():
    one, other = noise(2)
    images = np.stack([one, one, other, other])
    metrics = digit_image_metrics(images, np.array([1, 1, 2, 2]), "samples")
    assert metrics["samples_ms_ssim"] == pytest.approx(1, rel=1e-5)


def test_pairs_are_of_one_digit_and_every_digit_has_equal_weight():
    """Two similar images of 1, two of noise of 2, and a single image of 3, which has no pair."""
    first = ndimage.gaussian_filter(noise(1), (0, 2, 2))
    second = np.clip(first.astype(int) + 10, 0, 255).astype(np.uint8)
    images = np.concatenate([first, second, noise(3, seed=1)])
    found = digit_image_metrics(images, np.array([1, 1, 2, 2, 3]), "x")["x_ms_ssim"]
    colours = np.repeat(images[..., None], 3, axis=-1)
    expected = ms_ssim(colours[[0, 2]], colours[[1, 3]], scales=2).mean()
    assert found == pytest.approx(expected, rel=1e-6)


def test_many_random_pairs_are_compared():
    """Of three images, two of which are equal, a third of the pairs are, not all or none."""
    one, other = noise(2)
    images = np.stack([one, one, other])
    found = digit_image_metrics(images, np.array([4, 4, 4]), "x")["x_ms_ssim"]
    colours = np.repeat(images[..., None], 3, axis=-1)
    unequal = ms_ssim(colours[:1], colours[2:], scales=2).mean()
    assert found == pytest.approx((1 + 2 * unequal) / 3, abs=0.1)


def test_without_any_pair_the_metrics_are_nan():
    found = digit_image_metrics(noise(2), np.array([1, 2]), "x")
    assert np.isnan([found["x_sharpness"], found["x_ms_ssim"]]).all()
