import numpy as np
import pytest
from scipy.spatial import distance

from lib.metrics import manifold


def normal(count, dimensions, seed, shift=0.0):
    return np.random.default_rng(seed).standard_normal((count, dimensions)) + shift


def slow_metrics(real, generated, k):
    """Compute the metrics by their definitions, with every distance in memory."""
    real_radii = np.sort(distance.cdist(real, real), axis=1)[:, k]  # column 0 is the point itself
    generated_radii = np.sort(distance.cdist(generated, generated), axis=1)[:, k]
    between = distance.cdist(real, generated)
    return {
        "precision": np.mean([any(between[:, j] <= real_radii) for j in range(len(generated))]),
        "recall": np.mean([any(between[i] <= generated_radii) for i in range(len(real))]),
        "density": np.sum(between <= real_radii[:, None]) / (k * len(generated)),
        "coverage": np.mean([any(between[i] <= real_radii[i]) for i in range(len(real))]),
    }


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("shift", [0.0, 0.5, 2.0])
def test_equals_the_slow_version(k, shift):
    real, generated = normal(300, 8, seed=1), normal(200, 8, seed=2, shift=shift)
    metrics = manifold.precision_recall_density_coverage(real, generated, k=k)
    assert metrics == pytest.approx(slow_metrics(real, generated, k))


def test_many_blocks_equal_one(monkeypatch):
    real, generated = normal(400, 8, seed=1), normal(400, 8, seed=2)
    expected = slow_metrics(real, generated, 5)
    monkeypatch.setattr(manifold, "DISTANCE_MEMORY_MIB", 400 * 8 * 30 / 2**20)
    assert manifold.precision_recall_density_coverage(real, generated) == pytest.approx(expected)


def test_two_samples_of_one_distribution():
    # All orders of the points are equally likely. So a ball holds k generated points on average:
    # density 1. It holds none if the k nearest of all 2N - 1 other points are real.
    count, k = 2000, 5
    steps = np.arange(1, k + 1)
    expected_coverage = 1 - np.prod((count - steps) / (2 * count - steps))
    metrics = manifold.precision_recall_density_coverage(
        normal(count, 2, seed=1), normal(count, 2, seed=2), k=k
    )
    assert metrics["density"] == pytest.approx(1, abs=0.05)
    assert metrics["coverage"] == pytest.approx(expected_coverage, abs=0.02)


def test_the_published_example():
    # The README of Naeem et al.'s code: 10,000 points of 1,000 dimensions, k = 5, no seed. Points
    # that are neighbours of very many others make the values fluctuate, density most (its
    # expectation is 1), and more with the 3,000 points here.
    metrics = manifold.precision_recall_density_coverage(
        normal(3000, 1000, seed=1).astype(np.float32), normal(3000, 1000, seed=2).astype(np.float32)
    )
    assert metrics["precision"] == pytest.approx(0.4772, abs=0.1)
    assert metrics["recall"] == pytest.approx(0.4705, abs=0.1)
    assert metrics["density"] == pytest.approx(1.0555, abs=0.25)
    assert metrics["coverage"] == pytest.approx(0.9735, abs=0.03)


def test_equal_sets_cover_each_other():
    points = normal(100, 4, seed=1)
    metrics = manifold.precision_recall_density_coverage(points, points)
    assert (metrics["precision"], metrics["recall"], metrics["coverage"]) == (1, 1, 1)


def test_distant_sets_do_not_cover_each_other():
    metrics = manifold.precision_recall_density_coverage(
        normal(100, 4, seed=1), normal(100, 4, seed=2, shift=100)
    )
    assert metrics == {"precision": 0, "recall": 0, "density": 0, "coverage": 0}


def test_collapse_keeps_precision_and_loses_coverage():
    real = normal(200, 4, seed=1)
    generated = normal(200, 4, seed=2) * 0.001 + real[0]
    metrics = manifold.precision_recall_density_coverage(real, generated)
    assert metrics["precision"] == 1
    assert metrics["coverage"] < 0.1
    assert metrics["recall"] <= 1 / 200


def test_a_shift_of_both_sets_changes_nothing():
    real, generated = normal(200, 8, seed=1), normal(200, 8, seed=2)
    moved = manifold.precision_recall_density_coverage(real + 1000, generated + 1000)
    assert moved == pytest.approx(manifold.precision_recall_density_coverage(real, generated))


def test_too_few_points_are_refused():
    with pytest.raises(ValueError, match="more points"):
        manifold.precision_recall_density_coverage(normal(5, 4, seed=1), normal(50, 4, seed=2))


# random features


def images(count=6, side=64, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def slow_features(image, weights):
    """Compute the network by its definition, one output at a time."""
    maps = image / 127.5 - 1
    pooled = []
    for weight in weights:
        padded = np.pad(maps, ((1, 1), (1, 1), (0, 0)))
        kernel = weight.astype(float).reshape(3, 3, maps.shape[-1], -1)
        rows, columns = maps.shape[0] // 2, maps.shape[1] // 2
        maps = np.zeros((rows, columns, kernel.shape[-1]))
        for row in range(rows):
            for column in range(columns):
                window = padded[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
                maps[row, column] = np.einsum("ijc,ijcf->f", window, kernel).clip(min=0)
        pooled += [maps.mean(axis=(0, 1)), maps.std(axis=(0, 1))]
    return np.concatenate(pooled)


def test_features_equal_a_slow_network():
    weights = manifold.random_weights(3)
    expected = [slow_features(image, weights) for image in images(2, side=16)]
    features = manifold.random_features(images(2, side=16), seed=3)
    assert features.shape == (2, 448)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)


def test_weights_keep_the_scale_of_the_signal():
    for weight in manifold.random_weights(0):
        assert weight.var() == pytest.approx(2 / len(weight), rel=0.15)


def test_features_depend_on_the_seed_alone(monkeypatch):
    features = manifold.random_features(images())
    np.testing.assert_array_equal(features, manifold.random_features(images()))
    assert not np.allclose(features, manifold.random_features(images(), seed=1))
    monkeypatch.setattr(manifold, "FEATURE_BLOCK", 4)
    np.testing.assert_allclose(manifold.random_features(images()), features, rtol=1e-5)


def test_standardised_features_are_measured_in_deviations_of_the_real_ones():
    real, generated = images(20), images(10, seed=1) // 2
    real_features, generated_features = manifold.standardised_random_features(real, generated)
    np.testing.assert_allclose(real_features.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(real_features.std(axis=0), 1, rtol=1e-3)
    raw, raw_generated = manifold.random_features(real), manifold.random_features(generated)
    expected = (raw_generated - raw.mean(axis=0)) / raw.std(axis=0)
    np.testing.assert_allclose(generated_features, expected, rtol=1e-2, atol=1e-2)
