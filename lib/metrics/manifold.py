"""Fidelity and diversity of generated images, by nearest neighbours in a feature space."""

import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

FEATURE_CHANNELS = (32, 64, 128)
FEATURE_BLOCK = 64
DISTANCE_MEMORY_MIB = 64


def random_features(images: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Return the features of uint8 images (N, H, W, 3) in a random network, float32 (N, 448).

    Three 3x3 convolutions of stride 2 (32, 64, 128 channels, zero padding, ReLU), weights sampled
    once from `seed` after He et al. (2015), not trained; the features are the mean and the
    standard deviation over the positions of every channel of every layer. Naeem et al. (2020)
    recommend random embeddings for data unlike ImageNet. These are NOT Inception or VGG features:
    numbers are comparable with one another only.
    """
    weights = random_weights(seed)
    blocks = range(0, len(images), FEATURE_BLOCK)
    return np.concatenate([_features(images[i : i + FEATURE_BLOCK], weights) for i in blocks])


def standardised_random_features(
    real: np.ndarray, generated: np.ndarray, *, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the random features of both sets, float32 (N, 448) and (M, 448).

    Each feature has mean 0 and standard deviation 1 over the real images. Otherwise the few
    features with large values, those of overall brightness, decide which images are neighbours.
    """
    real_features = random_features(real, seed=seed)
    scaler = StandardScaler().fit(real_features)
    generated_features = random_features(generated, seed=seed)
    return scaler.transform(real_features), scaler.transform(generated_features)


def random_weights(seed: int) -> list[np.ndarray]:
    """Return one float32 array per layer, (9 * inputs, outputs), ordered by tap, then channel."""
    generator = np.random.Generator(np.random.PCG64(seed))
    weights = []
    inputs = 3
    for outputs in FEATURE_CHANNELS:
        weight = generator.standard_normal((9 * inputs, outputs), dtype=np.float32)
        weights.append(weight * np.float32(np.sqrt(2 / (9 * inputs))))
        inputs = outputs
    return weights


def _features(images: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    maps = images.astype(np.float32) / 127.5 - 1
    pooled = []
    for weight in weights:
        maps = np.maximum(_taps(maps) @ weight, 0)
        pooled += [maps.mean(axis=(1, 2)), maps.std(axis=(1, 2))]
    return np.concatenate(pooled, axis=1)


def _taps(maps: np.ndarray) -> np.ndarray:
    """Return the nine inputs of a 3x3 convolution of stride 2 side by side on the last axis."""
    height, width = maps.shape[1:3]
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)))
    taps = [padded[:, i : i + height : 2, j : j + width : 2] for i in range(3) for j in range(3)]
    return np.concatenate(taps, axis=-1)


def precision_recall_density_coverage(
    real: np.ndarray, generated: np.ndarray, *, k: int = 5
) -> dict[str, float]:
    """Return how well generated features (M, D) and real features (N, D) cover each other.

    Features are floating point. The manifold of a set is the union of closed balls around its
    points, each reaching the k-th nearest other point of that set.

    precision: fraction of generated points in the real manifold (Kynkäänniemi et al. 2019,
        "Improved precision and recall metric for assessing generative models");
    recall: fraction of real points in the generated manifold (the same);
    density: mean number of real balls around a generated point, over k; may exceed 1
        (Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative models");
    coverage: fraction of real balls that hold a generated point (the same).

    Memory for distances stays bounded. Raises ValueError for k or fewer points in a set.
    """
    if min(len(real), len(generated)) <= k:
        raise ValueError(f"{k} neighbours need more points than {len(real)} and {len(generated)}")
    real_radii, generated_radii = _neighbour_distances(real, k), _neighbour_distances(generated, k)
    balls_around_generated = []
    recalled = np.zeros(len(real), bool)
    covered = np.zeros(len(real), bool)
    start = 0
    for distances in pairwise_distances_chunked(
        generated, real, working_memory=DISTANCE_MEMORY_MIB
    ):
        in_real_ball = distances <= real_radii
        balls_around_generated.append(in_real_ball.sum(axis=1))
        covered |= in_real_ball.any(axis=0)
        radii = generated_radii[start : start + len(distances), None]
        recalled |= (distances <= radii).any(axis=0)
        start += len(distances)
    balls = np.concatenate(balls_around_generated)
    return {
        "precision": float((balls > 0).mean()),
        "recall": float(recalled.mean()),
        "density": float(balls.mean() / k),
        "coverage": float(covered.mean()),
    }


def _neighbour_distances(points: np.ndarray, k: int) -> np.ndarray:
    """Return the distance of every point to its k-th nearest other point, (N,)."""
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(points)
    distances, _ = search.kneighbors()
    return distances[:, -1]
