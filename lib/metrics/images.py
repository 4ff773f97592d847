"""Measures of single images and paths. Images are uint8 RGB of shape (N, H, W, 3)."""

import math

import cv2
import numpy as np


def sharpness(images: np.ndarray) -> np.ndarray:
    """Return the variance of each image's Laplacian, float64 (N,), in squared 8-bit steps.

    Focus measure of Pech-Pacheco et al. (2000), "Diatom autofocusing in brightfield microscopy",
    in the variant usual with OpenCV: kernel [[0, 1, 0], [1, -4, 1], [0, 1, 0]] without the
    paper's factor 1/6, signed responses, mirrored borders, unrounded BT.601 luma. Noise counts as
    sharpness, so compare with the value of real images.
    """
    require_images(images)
    return np.array([_laplacian_variance(image) for image in images])


def _laplacian_variance(image: np.ndarray) -> float:
    luma = cv2.cvtColor(image.astype(np.float32), cv2.COLOR_RGB2GRAY)
    return cv2.Laplacian(luma, cv2.CV_32F, ksize=1).var(dtype=np.float64)


def reconstruction_error(images: np.ndarray, reconstructions: np.ndarray) -> dict[str, float]:
    """Return mean_squared_error and mean_absolute_error over all pixels, on the scale [0, 1].

    Both arrays have the same shape; each is uint8, or floating point in [0, 1].
    Raises ValueError for unequal shapes.
    """
    if images.shape != reconstructions.shape:
        raise ValueError(f"shapes differ: {images.shape} and {reconstructions.shape}")
    difference = _unit_range(images) - _unit_range(reconstructions)
    return {
        "mean_squared_error": float(np.mean(np.square(difference), dtype=np.float64)),
        "mean_absolute_error": float(np.mean(np.abs(difference), dtype=np.float64)),
    }


def interpolation_smoothness(paths: np.ndarray) -> float:
    """Return the mean over paths of the largest step between neighbouring frames over the mean one.

    `paths` (N, T, H, W, C) are decoded points, uint8 or floating point; a step is a Euclidean
    distance in pixel space. The definition is this project's. A cross-fade, the straight line in
    pixel space, gives 1: uniform steps. Equal frames with one jump give T - 1, the largest value.
    Paths of equal frames do not count; NaN if there are no others. Raises ValueError for fewer than
    two frames.
    """
    if paths.shape[1] < 2:
        raise ValueError("a path needs two frames")
    steps = np.diff(paths.reshape(*paths.shape[:2], -1).astype(np.float64), axis=1)
    lengths = np.linalg.norm(steps, axis=-1)
    moving = lengths[lengths.any(axis=1)]
    return float(np.mean(moving.max(axis=1) / moving.mean(axis=1))) if len(moving) else math.nan


def _unit_range(images: np.ndarray) -> np.ndarray:
    scale = 255 if images.dtype == np.uint8 else 1
    return images.astype(np.float32) / scale


def require_images(*sets: np.ndarray) -> None:
    """Raise ValueError unless every set is uint8 RGB (N, H, W, 3) with at least one image."""
    for images in sets:
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3 or not len(images):
            raise ValueError(
                f"images must be uint8 (N, H, W, 3), not {images.dtype} {images.shape}"
            )
