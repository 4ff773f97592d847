import os

import cv2
import numpy as np
import pytest
from scipy import ndimage, special, stats

from lib.metrics import images as metrics


def noise(count=8, side=64, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def smooth(count=8, seed=0):
    blurred = np.stack([cv2.GaussianBlur(image, (0, 0), 2) for image in noise(count, seed=seed)])
    return ((blurred - 128.0) * 4 + 128).clip(0, 255).astype(np.uint8)


def constant(*values):
    return np.stack([np.full((64, 64, 3), value, np.uint8) for value in values])


# sharpness


def test_sharpness_of_a_checkerboard():
    # Every response is plus or minus 8 times half the height of the pattern, mirrored borders too.
    board = np.indices((64, 64)).sum(axis=0) % 2 * 100 + 50
    image = np.repeat(board[None, :, :, None], 3, axis=-1).astype(np.uint8)
    assert metrics.sharpness(image) == pytest.approx([(8 * 50) ** 2], rel=1e-5)


def test_sharpness_of_one_bright_pixel():
    image = constant(0)
    image[0, 30, 30] = 10
    responses = [-40, 10, 10, 10, 10]
    expected = np.square(responses).sum() / 64**2  # their sum, so their mean, is 0
    assert metrics.sharpness(image) == pytest.approx([expected], rel=1e-5)


def test_sharpness_equals_scipy_on_luma():
    images = noise()
    luma = images @ np.array([0.299, 0.587, 0.114])
    expected = [ndimage.laplace(plane, mode="mirror").var() for plane in luma]
    np.testing.assert_allclose(metrics.sharpness(images), expected, rtol=1e-4)


def test_a_flat_image_has_no_sharpness():
    assert metrics.sharpness(constant(0, 77)) == pytest.approx([0, 0], abs=1e-6)


# sliced Wasserstein distance


def slow_laplacian_pyramid(image):
    taps = np.array([1, 4, 6, 4, 1]) / 16
    kernel = np.outer(taps, taps)[:, :, None]
    levels = []
    low = image.astype(float)
    while len(low) > 16:
        lower = ndimage.convolve(low, kernel, mode="mirror")[::2, ::2]
        raised = np.zeros_like(low)
        raised[::2, ::2] = lower
        levels.append(low - ndimage.convolve(raised, 4 * kernel, mode="mirror"))
        low = lower
    return [*levels, low]


def test_pyramid_equals_a_slow_one():
    images = noise(2)
    levels = metrics.laplacian_pyramid(images)
    assert [level.shape for level in levels] == [(2, side, side, 3) for side in (64, 32, 16)]
    for index, image in enumerate(images):
        for level, expected in zip(levels, slow_laplacian_pyramid(image), strict=True):
            np.testing.assert_allclose(level[index], expected, atol=1e-3)


@pytest.mark.parametrize("side", [8, 24, 60])
def test_pyramid_refuses_other_sides(side):
    with pytest.raises(ValueError, match="16 times a power of two"):
        metrics.laplacian_pyramid(noise(1, side))


def test_projected_distance_equals_scipy_in_each_direction():
    generator = np.random.default_rng(0)
    first, second = generator.standard_normal((2, 50, 6))
    second = second * 2 + 1
    directions = generator.standard_normal((9, 6))
    expected = np.mean(
        [stats.wasserstein_distance(first @ line, second @ line) for line in directions]
    )
    assert metrics.projected_distance(first, second, directions) == pytest.approx(expected)


def test_projected_distance_of_a_shift_is_the_projected_shift():
    generator = np.random.default_rng(1)
    sample, directions = generator.standard_normal((100, 5)), generator.standard_normal((7, 5))
    shift = np.array([1.0, -2.0, 0.0, 3.0, 0.5])
    distance = metrics.projected_distance(sample, sample + shift, directions)
    assert distance == pytest.approx(np.abs(directions @ shift).mean())


def test_equal_sets_are_at_distance_0():
    distances = metrics.sliced_wasserstein_distance(noise(), noise())
    assert distances == {"64": 0, "32": 0, "16": 0, "mean": 0}


def test_distance_is_symmetric_and_depends_on_the_seed_alone():
    first, second = noise(), smooth()
    distances = metrics.sliced_wasserstein_distance(first, second)
    assert metrics.sliced_wasserstein_distance(second, first) == pytest.approx(distances, rel=1e-5)
    assert metrics.sliced_wasserstein_distance(first, second) == distances
    assert metrics.sliced_wasserstein_distance(first, second, seed=1) != distances


def test_brightness_and_contrast_of_a_channel_do_not_count():
    first = noise() // 2
    second = first.copy()
    second[..., 0] += 40
    second[..., 1] *= 2
    distances = metrics.sliced_wasserstein_distance(first, second)
    assert distances["mean"] == pytest.approx(0, abs=0.01)


def test_distance_of_flat_images_follows_from_their_quantiles():
    # Normalised, the low-pass patches are a constant: -1, 1 (half each) and -sqrt(3) (a quarter),
    # 1 / sqrt(3). Projected, a constant is multiplied by the sum of a random unit vector.
    first, second = constant(20, 20, 220, 220), constant(30, 90, 90, 90)
    between_constants = (
        abs(-1 + 3**0.5) / 4 + abs(-1 - 3**-0.5) / 4 + abs(1 - 3**-0.5) / 2
    )  # quantile by quantile
    size = 7 * 7 * 3
    mean_sum = np.sqrt(size / np.pi) * np.exp(
        special.gammaln(size / 2) - special.gammaln((size + 1) / 2)
    )
    distances = metrics.sliced_wasserstein_distance(first, second, projections=20_000)
    assert distances["16"] == pytest.approx(1000 * between_constants * mean_sum, rel=0.02)
    assert distances["64"] == pytest.approx(0, abs=1e-3)
    assert distances["32"] == pytest.approx(0, abs=1e-3)


def test_the_larger_set_is_cut():
    first, second = noise(12), smooth(8)
    assert metrics.sliced_wasserstein_distance(
        first, second
    ) == metrics.sliced_wasserstein_distance(first[:8], second)


# multi-scale structural similarity


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


# reconstruction and interpolation


def test_reconstruction_error_of_a_known_difference():
    error = metrics.reconstruction_error(constant(51, 0), constant(0, 102))
    assert error["mean_squared_error"] == pytest.approx((0.2**2 + 0.4**2) / 2)
    assert error["mean_absolute_error"] == pytest.approx((0.2 + 0.4) / 2)


def test_reconstruction_error_takes_unit_range_floats():
    images = noise()
    error = metrics.reconstruction_error(images, images / 255)
    assert error["mean_squared_error"] == pytest.approx(0, abs=1e-12)


def test_reconstruction_error_refuses_unequal_shapes():
    with pytest.raises(ValueError, match="shapes differ"):
        metrics.reconstruction_error(noise(4), noise(1))


def test_a_cross_fade_is_even():
    first, last = noise(2).astype(float)
    share = np.linspace(0, 1, 9)[:, None, None, None]
    assert metrics.interpolation_smoothness((1 - share) * first + share * last) == pytest.approx(1)


def test_one_jump_is_the_least_even_path():
    frames = constant(0, 0, 0, 0, 0, 200, 200, 200, 200)
    assert metrics.interpolation_smoothness(frames) == pytest.approx(8)


def test_unequal_steps():
    # Steps 1, 2 and 3: falling values too, so uint8 must not wrap around.
    assert metrics.interpolation_smoothness(constant(5, 4, 2, 5)) == pytest.approx(3 / 2)


def test_a_path_that_stands_still_has_no_smoothness():
    assert metrics.interpolation_smoothness(constant(9, 9, 9)) is None


def test_one_frame_is_no_path():
    with pytest.raises(ValueError, match="two frames"):
        metrics.interpolation_smoothness(constant(9))


@pytest.mark.parametrize(
    "images", [noise().astype(np.float32), noise()[0], noise()[..., :1], noise(0)]
)
def test_other_arrays_than_images_are_refused(images):
    with pytest.raises(ValueError, match="uint8"):
        metrics.sharpness(images)
