"""Sliced Wasserstein distance between two sets of images, uint8 RGB of shape (N, H, W, 3)."""

import cv2
import numpy as np

from lib.metrics.images import require_images

PATCH_SIZE = 7
SMALLEST_LEVEL = 16
# One thousandth of an 8-bit step. A smaller deviation is rounding, which must not become contrast.
SMALLEST_DEVIATION = 1e-3


def sliced_wasserstein_distance(
    first: np.ndarray,
    second: np.ndarray,
    *,
    patches: int = 32,
    projections: int = 256,
    seed: int = 0,
) -> dict[str, float]:
    """Return the distance between two sets of images at each resolution, times 1000.

    Keys are the heights of the pyramid's levels ("64", "32", "16" for 64-pixel images) and
    "mean". 0 is best. Karras et al. (2018), "Progressive Growing of GANs", section 5: 7x7 patches
    of a Laplacian pyramid down to 16 pixels, each set normalised per colour channel by its own
    mean and standard deviation, projected on random directions; mean absolute difference of the
    sorted projections. The distance depends on structure, not on overall brightness or contrast.

    Differences from the paper: `patches` per image and `projections` are fewer (128 and 512
    there), and image i of both sets gives patches at the same positions, so equal sets are at
    distance 0. Values depend on the set size (16,384 there), so report the distance between two
    sets of real images too. The larger set is cut to the size of the smaller.

    Raises ValueError as `laplacian_pyramid` does.
    """
    require_images(first, second)
    count = min(len(first), len(second))
    generator = np.random.default_rng(seed)
    distances = {}
    levels = zip(laplacian_pyramid(first[:count]), laplacian_pyramid(second[:count]), strict=True)
    for first_level, second_level in levels:
        height, width = first_level.shape[1:3]
        tops = generator.integers(height - PATCH_SIZE + 1, size=(count, patches))
        lefts = generator.integers(width - PATCH_SIZE + 1, size=(count, patches))
        directions = generator.standard_normal((projections, PATCH_SIZE**2 * 3), dtype=np.float32)
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        distances[str(height)] = 1000 * projected_distance(
            _patches(first_level, tops, lefts), _patches(second_level, tops, lefts), directions
        )
    return {**distances, "mean": float(np.mean(list(distances.values())))}


def laplacian_pyramid(images: np.ndarray) -> list[np.ndarray]:
    """Return float32 levels, the finest first: band-pass images, then the 16-pixel low-pass.

    Burt and Adelson (1983): 5-tap binomial filter, mirrored borders. Raises ValueError if the
    shorter side is not 16 times a power of two, or the longer one no multiple of that power.
    """
    sides = images.shape[1:3]
    depth = int(np.log2(max(1, min(sides) // SMALLEST_LEVEL)))
    if min(sides) != SMALLEST_LEVEL * 2**depth or any(side % 2**depth for side in sides):
        raise ValueError(f"sides of {sides} pixels are not {SMALLEST_LEVEL} times a power of two")
    low = images.astype(np.float32)
    levels = []
    for _ in range(depth):
        lower = np.stack([cv2.pyrDown(image) for image in low])
        levels.append(low - np.stack([cv2.pyrUp(image) for image in lower]))
        low = lower
    return [*levels, low]


def _patches(level: np.ndarray, tops: np.ndarray, lefts: np.ndarray) -> np.ndarray:
    """Return the patches whose corners are at `tops`, `lefts` (N, P): float32 (N * P, 147)."""
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH_SIZE, PATCH_SIZE), (1, 2))
    # Channels last, as OpenCV expects, and so that copies are of long runs of memory.
    windows = np.moveaxis(windows, 3, -1)
    patches = windows[np.arange(len(level))[:, None], tops, lefts]
    patches = patches.reshape(-1, PATCH_SIZE**2, level.shape[-1])
    mean, deviation = cv2.meanStdDev(patches)
    offset = np.tile(mean[:, 0], PATCH_SIZE**2)
    scale = np.tile(np.maximum(deviation[:, 0], SMALLEST_DEVIATION), PATCH_SIZE**2)
    patches = patches.reshape(len(patches), -1)
    patches -= offset.astype(np.float32)
    patches /= scale.astype(np.float32)
    return patches


def projected_distance(first: np.ndarray, second: np.ndarray, directions: np.ndarray) -> float:
    """Return the mean 1-Wasserstein distance of two samples (N, D) along `directions` (P, D)."""
    difference = np.sort(directions @ first.T, axis=1)
    difference -= np.sort(directions @ second.T, axis=1)
    return float(np.mean(np.abs(difference, out=difference), dtype=np.float64))
