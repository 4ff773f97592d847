"""Drawn images of the operators, in the style of MNIST's digits."""

import cv2
import numpy as np

from lib.data.digits import SIDE


def operator_images(operator: str, count: int = 50, seed: int = 0) -> np.ndarray:
    """Return `count` drawings of "+" or "-", uint8 (count, 28, 28), white (255) on black.

    Anti-aliased lines 2 pixels thick with ends drawn uniformly: across the line from rows (columns)
    12 to 15, each end of its own, along it from 6..9 to 18..21. The same seed, the same drawings.
    """
    if operator not in ("+", "-"):
        raise ValueError(f"no drawing of the operator {operator!r}")
    random = np.random.default_rng([seed, ord(operator)])
    images = np.zeros((count, SIDE, SIDE), np.uint8)
    for image in images:
        for is_vertical in (False, True)[: 2 if operator == "+" else 1]:
            across = random.integers(12, 15, size=2, endpoint=True)
            along = (random.integers(6, 9, endpoint=True), random.integers(18, 21, endpoint=True))
            ends = [(int(x), int(y)) for x, y in zip(along, across, strict=True)]
            if is_vertical:
                ends = [(x, y) for y, x in ends]
            cv2.line(image, *ends, color=255, thickness=2, lineType=cv2.LINE_AA)
    return images
