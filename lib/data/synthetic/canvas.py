"""Soft and sharp shapes on a canvas, in the coordinates of a head.

Points are complex numbers in half widths of the head, x to the right and y down; the eyes lie at
y = 0, the chin near y = 1.35, the crown near y = -1.2.
"""

import cv2
import numpy as np

from lib.data.images import SIDE

# Twice the size of a face, which is shrunk afterwards.
SIZE = 2 * SIDE
# OpenCV takes coordinates as whole numbers with this many fractional bits.
FRACTION = 4
TURN = np.linspace(0, 2 * np.pi, 32, endpoint=False)
COSINE, SINE = np.cos(TURN), np.sin(TURN)


def mixed(over: np.ndarray, under: np.ndarray, opacity: np.ndarray) -> np.ndarray:
    """Composite one image over another, both uint8 (height, width, 3).

    `opacity`, uint8 (height, width), is that of `over`: 255 is opaque. Computed in whole numbers,
    because processors differ in how they round fractions.
    """
    opacity = opacity[..., None].astype(np.uint16)
    return ((over * opacity + under * (255 - opacity) + 127) // 255).astype(np.uint8)


def oval(x: float, y: float, width: float, height: float) -> np.ndarray:
    """Return the outline of an ellipse with these half axes."""
    return (x + width * COSINE) + 1j * (y + height * SINE)


class Canvas:
    """Pixels, uint8 RGB (128, 128, 3), on which a head lies.

    `middle` is the point between its eyes and `scale` its half width, in pixels; `tilt` is in
    radians, clockwise.
    """

    def __init__(self, middle: complex, scale: float, tilt: float):
        self.middle = middle
        self.scale = scale
        self.pixels = np.empty((SIZE, SIZE, 3), np.uint8)
        self._pose = scale * np.exp(1j * tilt)

    def _place(self, points: np.ndarray) -> np.ndarray:
        """Tilt, scale and place points of the head: fixed-point pixels, int32 (points, 2)."""
        pixels = (points * self._pose + (self.middle + 0.5 + 0.5j)) * (1 << FRACTION)
        return pixels.view(np.float64).reshape(-1, 2).astype(np.int32)

    def fill(self, colour: np.ndarray, *shapes: np.ndarray) -> None:
        """Fill outlines with `colour`, RGB from 0 to 255."""
        pixels = [self._place(points) for points in shapes]
        cv2.fillPoly(self.pixels, pixels, colour.tolist(), cv2.LINE_AA, FRACTION)

    def line(self, colour: np.ndarray, width: float, *lines: np.ndarray) -> None:
        """Draw lines `width` half widths of the head wide."""
        pixels = [self._place(points) for points in lines]
        thickness = max(1, round(width * self.scale))
        cv2.polylines(self.pixels, pixels, False, colour.tolist(), thickness, cv2.LINE_AA, FRACTION)

    def blend(self, colour: np.ndarray, opacity: float, blur: float, *shapes: np.ndarray) -> None:
        """Mix patches of `colour` into the canvas, their edges soft by `blur` half widths."""
        pixels = [self._place(points) for points in shapes]
        reach = round(blur * self.scale)
        x, y, width, height = cv2.boundingRect(np.concatenate(pixels) >> FRACTION)
        left, top = max(0, x - 2 * reach), max(0, y - 2 * reach)
        around = self.pixels[top : y + height + 2 * reach, left : x + width + 2 * reach]
        if not around.size:
            return
        mask = np.zeros(around.shape[:2], np.uint8)
        corner = np.array([left, top], np.int32) << FRACTION
        cv2.fillPoly(mask, [points - corner for points in pixels], 255, cv2.LINE_8, FRACTION)
        for _ in range(2):
            mask = cv2.blur(mask, (2 * reach + 1, 2 * reach + 1))
        patch = np.full(around.shape, colour.clip(0, 255), np.uint8)
        around[:] = mixed(patch, around, np.rint(mask * opacity).astype(np.uint8))

    def mask(self, shape: np.ndarray) -> np.ndarray:
        """Return how much of each pixel `shape` covers: uint8 (128, 128), 255 for all of it."""
        mask = np.zeros((SIZE, SIZE), np.uint8)
        cv2.fillPoly(mask, [self._place(shape)], 255, cv2.LINE_AA, FRACTION)
        return mask

    def multiply(self, brightness: np.ndarray) -> None:
        """Multiply every pixel by `brightness`, float32 (128, 128)."""
        cv2.multiply(self.pixels, cv2.merge([brightness] * 3), self.pixels, dtype=cv2.CV_8U)
