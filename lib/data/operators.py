"""Drawn images of the operators, as the original drew them."""

import cv2
import numpy as np

from lib.data.digits import SIDE


def operator_images(operator: str, count: int = 50, seed: int = 0) -> np.ndarray:
    """Return `count` drawings of "+" or "-", uint8 (count, 28, 28), white (255) on black (0).

    A minus is a line 2 pixels thick from column 6..9 to column 18..21, each end in a row of 12..15
    of its own, all sampled uniformly. A plus is such a line and its mirror image across the
    diagonal. All pixels are black or white. The same seed gives the same drawings.
    """
    if operator not in ("+", "-"):
        raise ValueError(f"no drawing of the operator {operator!r}")
    random = np.random.default_rng([seed, ord(operator)])
    # Floating point, as in the original: OpenCV then ignores that smooth lines are requested.
    images = np.zeros((count, SIDE, SIDE))
    for image in images:
        rows = random.integers(12, 15, size=2, endpoint=True).tolist()
        columns = (
            int(random.integers(6, 9, endpoint=True)),
            int(random.integers(18, 21, endpoint=True)),
        )
        start, end = zip(columns, rows, strict=True)
        _draw_line(image, start, end)
        if operator == "+":
            _draw_line(image, start[::-1], end[::-1])
    return images.astype(np.uint8)


def _draw_line(image: np.ndarray, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw from one point (column, row) to another."""
    cv2.line(image, start, end, color=255, thickness=2, lineType=cv2.LINE_AA)
