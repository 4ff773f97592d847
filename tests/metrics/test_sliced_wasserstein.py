import numpy as np
import pytest
from scipy import ndimage, special, stats

from lib.metrics import sliced_wasserstein as metrics
from tests.metrics.example_images import constant, noise, smooth


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
