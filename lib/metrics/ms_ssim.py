"""Multi-scale structural similarity (MS-SSIM) of images, uint8 RGB of shape (N, H, W, 3).

TensorFlow's `tf.image.ssim_multiscale` gives the same values to rounding (a test compares them); it
takes about 1.7 times as long, and its bits depend on the device.
"""

import itertools

import cv2
import numpy as np

from lib.metrics.images import require_images

FILTER_SIZE = 11
FILTER_SIGMA = 1.5
EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of Wang et al. (2003)
SCALES = 3
BLOCK = 64


def ms_ssim(first: np.ndarray, second: np.ndarray, scales: int = SCALES) -> np.ndarray:
    """Return the multi-scale structural similarity of each pair of images, float64 (N,), in [0, 1].

    Wang et al. (2003), "Multiscale structural similarity for image quality assessment", per colour
    channel, then averaged; negative terms are set to 0. The paper's 11x11 Gaussian does not fit
    five scales of 64 pixels: the last has 4x4. So only the first `scales` are used (two for images
    of 28 pixels), and their exponents are renormalised to a sum of 1. Values with different numbers
    of scales are not comparable.

    Raises ValueError for sides that do not allow so many scales: three need at least 44 pixels and
    a multiple of 4, two need at least 22 and a multiple of 2.
    """
    require_images(first, second)
    if first.shape != second.shape:
        raise ValueError(f"pairs need equal shapes, not {first.shape} and {second.shape}")
    sides = first.shape[1:3]
    coarsest = 2 ** (scales - 1)
    if min(sides) < FILTER_SIZE * coarsest or any(side % coarsest for side in sides):
        raise ValueError(f"sides of {sides} pixels do not allow {scales} scales")
    blocks = (slice(i, i + BLOCK) for i in range(0, len(first), BLOCK))
    weights = ms_ssim_weights(scales)
    return np.concatenate([_ms_ssim(first[block], second[block], weights) for block in blocks])


def ms_ssim_weights(scales: int) -> np.ndarray:
    """Return the exponents of the first `scales` of the five scales, renormalised to a sum of 1."""
    exponents = np.array(EXPONENTS[:scales])
    return exponents / exponents.sum()


def _ms_ssim(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    x, y = (np.moveaxis(images, -1, 1).astype(np.float32) / 255 for images in (first, second))
    similarity = np.ones(x.shape[:2])
    for scale, weight in enumerate(weights):
        if scale:
            x, y = _halve(x), _halve(y)
        luminance, structure = _ssim_maps(x, y)
        if scale == len(weights) - 1:
            structure *= luminance
        similarity *= np.maximum(structure.mean(axis=(2, 3), dtype=np.float64), 0) ** weight
    return similarity.mean(axis=1)


def _ssim_maps(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the luminance and the contrast-structure terms of SSIM at every filter position."""
    vertical, horizontal = (_gaussian_filter_matrix(side) for side in x.shape[2:])
    mean_x, mean_y, mean_squares, mean_product = (
        vertical @ maps @ horizontal.T for maps in (x, y, x * x + y * y, x * y)
    )
    squared_means, product_of_means = mean_x**2 + mean_y**2, mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * product_of_means + c1) / (squared_means + c1)
    structure = (2 * (mean_product - product_of_means) + c2) / (mean_squares - squared_means + c2)
    return luminance, structure


def _gaussian_filter_matrix(side: int) -> np.ndarray:
    """Return the 1-D Gaussian as a matrix, one row for each of its positions within `side`."""
    taps = cv2.getGaussianKernel(FILTER_SIZE, FILTER_SIGMA, cv2.CV_32F)[:, 0]
    matrix = np.zeros((side - FILTER_SIZE + 1, side), np.float32)
    for position, row in enumerate(matrix):
        row[position : position + FILTER_SIZE] = taps
    return matrix


def _halve(maps: np.ndarray) -> np.ndarray:
    corners = [maps[..., i::2, j::2] for i, j in itertools.product((0, 1), repeat=2)]
    return sum(corners) / 4


def mean_pairwise_ms_ssim(
    images: np.ndarray, *, pairs: int = 1000, seed: int = 0, scales: int = SCALES
) -> float:
    """Return the mean MS-SSIM of random pairs of different images: lower is more diverse.

    Odena et al. (2017), "Conditional image synthesis with auxiliary classifier GANs". Compare
    with the value of real images. Raises ValueError for fewer than two images.
    """
    if len(images) < 2:
        raise ValueError("a pair needs two images")
    generator = np.random.default_rng(seed)
    first = generator.integers(len(images), size=pairs)
    second = (first + generator.integers(1, len(images), size=pairs)) % len(images)
    return float(ms_ssim(images[first], images[second], scales).mean())
