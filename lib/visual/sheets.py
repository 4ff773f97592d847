"""Sheets of images and animations, by Pillow."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lib.system import files

GAP = 2  # pixels between images
FRAME_MILLISECONDS = 90


def sheet(images: np.ndarray, columns: int | None = None, scale: int = 1) -> Image.Image:
    """Return images in rows, from left to right, on white.

    `images` is uint8 (n, height, width) or (n, height, width, 3), n from 1. Without `columns`, the
    sheet is about as wide as high. Each pixel becomes `scale` x `scale` pixels.
    """
    images = np.repeat(np.repeat(images, scale, axis=1), scale, axis=2)
    count, height, width = images.shape[:3]
    if columns is None:
        columns = max(1, round(np.sqrt(count * height / width)))
    columns = min(columns, count)
    rows = -(-count // columns)
    size = (columns * (width + GAP) - GAP, rows * (height + GAP) - GAP)
    canvas = Image.new("L" if images.ndim == 3 else "RGB", size, "white")
    for k, image in enumerate(images):
        place = (k % columns * (width + GAP), k // columns * (height + GAP))
        canvas.paste(Image.fromarray(image), place)
    return canvas


def pairs(upper: np.ndarray, lower: np.ndarray, columns: int = 9, scale: int = 1) -> Image.Image:
    """Return a sheet of two sets of images of one shape, each image of `lower` below its own."""
    rows = []
    for start in range(0, len(upper), columns):
        for images in (upper, lower):
            row = images[start : start + columns]
            missing = len(upper[:columns]) - len(row)
            rows += [row, np.full((missing, *upper.shape[1:]), 255, np.uint8)]
    return sheet(np.concatenate(rows), min(columns, len(upper)), scale)


def strips(answers: np.ndarray) -> np.ndarray:
    """Return texts as images of their tokens, (n, tokens, height, width), as one image each."""
    count, tokens, height, width = answers.shape
    return answers.transpose(0, 2, 1, 3).reshape(count, height, tokens * width)


def save(image: Image.Image, path: Path) -> None:
    """Write an image, in the format of the path's suffix, completely or not at all."""
    with files.replaced(path) as temporary:
        image.save(temporary)


def save_animation(frames: Sequence[Image.Image], path: Path) -> None:
    """Write frames of one size as an endless animation, there and back, as GIF or WebP."""
    there_and_back = [*frames, *frames[-2:0:-1]]
    with files.replaced(path) as temporary:
        there_and_back[0].save(
            temporary,
            save_all=True,
            append_images=there_and_back[1:],
            duration=FRAME_MILLISECONDS,
            loop=0,
        )


def interpolation_frames(paths: np.ndarray, scale: int = 1) -> list[Image.Image]:
    """Return a frame per step of interpolations, uint8 (paths, steps, height, width, 3)."""
    return [sheet(step, columns=len(paths), scale=scale) for step in np.swapaxes(paths, 0, 1)]
