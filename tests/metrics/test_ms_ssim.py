import os

import numpy as np
import pytest
from scipy import ndimage

from lib.metrics import ms_ssim as metrics
from tests.metrics.example_images import constant, noise, smooth


def test_ms_ssim_of_equal_images_is_1():
    np.testing.assert_allclose(metrics.ms_ssim(noise(), noise()), 1, rtol=1e-5)


def test_ms_ssim_of_flat_images_is_the_luminance_term():
    low, high = 50 / 255, 100 / 255
    term = (2 * low * high + 0.01**2) / (low**2 + high**2 + 0.01**2)
    expected = term ** (0.3001 / (0.0448 + 0.2856 + 0.3001))
    assert metrics.ms_ssim(constant(50), constant(100)) == pytest.approx([expected], rel=1e-4)


def test_ms_ssim_of_a_negative_is_0():
    assert metrics.ms_ssim(noise(), 255 - noise()) == pytest.approx(np.zeros(8))


def test_ms_ssim_refuses_images_that_are_too_small():
    with pytest.raises(ValueError, match="do not allow 3 scales"):
        metrics.ms_ssim(noise(side=40), noise(side=40))


@pytest.mark.parametrize(("side", "scales"), [(20, 2), (27, 2), (42, 3)])
def test_ms_ssim_refuses_sides_that_do_not_allow_its_scales(side, scales):
    with pytest.raises(ValueError, match=f"do not allow {scales} scales"):
        metrics.ms_ssim(noise(side=side), noise(side=side), scales)


def slow_ms_ssim(x, y, exponents=(0.0448, 0.2856, 0.3001)):
    """One colour channel, in [0, 1], filtered by scipy."""

    def local_mean(plane):
        return ndimage.gaussian_filter(plane, 1.5, radius=5)[5:-5, 5:-5]

    similarity = 1.0
    for scale, weight in enumerate(exponents):
        mean_x, mean_y = local_mean(x), local_mean(y)
        variance_x, variance_y = local_mean(x * x) - mean_x**2, local_mean(y * y) - mean_y**2
        covariance = local_mean(x * y) - mean_x * mean_y
        term = (2 * covariance + 9e-4) / (variance_x + variance_y + 9e-4)
        if scale == len(exponents) - 1:
            term *= (2 * mean_x * mean_y + 1e-4) / (mean_x**2 + mean_y**2 + 1e-4)
        similarity *= max(term.mean(), 0) ** (weight / sum(exponents))
        x, y = (ndimage.uniform_filter(plane, 2, origin=-1)[::2, ::2] for plane in (x, y))
    return similarity


def test_ms_ssim_equals_a_slow_one():
    first = smooth(70)
    second = (first * 0.7 + noise(70, seed=1) * 0.3).astype(np.uint8)
    expected = [
        np.mean([slow_ms_ssim(x[..., channel], y[..., channel]) for channel in range(3)])
        for x, y in zip(first / 255, second / 255, strict=True)
    ]
    np.testing.assert_allclose(metrics.ms_ssim(first, second), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("side", "exponents"),
    [(28, (0.0448, 0.2856)), (22, (0.0448, 0.2856)), (44, (0.0448, 0.2856, 0.3001))],
)
def test_ms_ssim_of_small_images_equals_a_slow_one(side, exponents):
    first, second = (smooth(3, seed=seed)[:, :side, :side] for seed in (0, 1))
    expected = [
        np.mean([slow_ms_ssim(x[..., k], y[..., k], exponents) for k in range(3)])
        for x, y in zip(first / 255, second / 255, strict=True)
    ]
    similarity = metrics.ms_ssim(first, second, scales=len(exponents))
    np.testing.assert_allclose(similarity, expected, atol=1e-5)


@pytest.mark.slow
def test_ms_ssim_equals_tensorflow():
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf

    first = smooth(70)
    second = (first * 0.7 + noise(70, seed=1) * 0.3).astype(np.uint8)
    for x, y in ((first, second), (first, first[::-1]), (first[:, :48], second[:, :48])):
        expected = tf.image.ssim_multiscale(
            x, y, max_val=255, power_factors=tuple(metrics.ms_ssim_weights(3)), filter_size=11
        )
        np.testing.assert_allclose(metrics.ms_ssim(x, y), expected.numpy(), atol=2e-5)


def test_pairs_are_of_different_images():
    assert metrics.mean_pairwise_ms_ssim(noise(2), pairs=20) == pytest.approx(
        metrics.ms_ssim(*noise(2)[:, None])[0]
    )


def test_mean_of_random_pairs_is_near_the_mean_of_all_pairs():
    images = smooth(12)
    first, second = np.triu_indices(12, k=1)
    every_pair = metrics.ms_ssim(images[first], images[second])
    estimate = metrics.mean_pairwise_ms_ssim(images, pairs=200)
    assert estimate == pytest.approx(every_pair.mean(), abs=4 * every_pair.std() / 200**0.5)
    assert estimate == metrics.mean_pairwise_ms_ssim(images, pairs=200)


def test_a_collapsed_generator_has_similarity_1():
    collapsed = noise(1).repeat(10, axis=0)
    assert metrics.mean_pairwise_ms_ssim(collapsed, pairs=10) == pytest.approx(1)


def test_one_image_has_no_pair():
    with pytest.raises(ValueError, match="two images"):
        metrics.mean_pairwise_ms_ssim(noise(1))
