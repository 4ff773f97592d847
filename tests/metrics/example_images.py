"""Images with known properties, uint8 (N, 64, 64, 3)."""

import cv2
import numpy as np


def noise(count=8, side=64, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def smooth(count=8, seed=0):
    blurred = np.stack([cv2.GaussianBlur(image, (0, 0), 2) for image in noise(count, seed=seed)])
    return ((blurred - 128.0) * 4 + 128).clip(0, 255).astype(np.uint8)


def constant(*values):
    return np.stack([np.full((64, 64, 3), value, np.uint8) for value in values])
