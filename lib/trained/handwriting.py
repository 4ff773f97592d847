"""A query in the user's own handwriting: five images, or one strip of five."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lib.data.arithmetic import QUERY_LENGTH
from lib.data.digits import SIDE
from lib.data.images.opening import load_image
from lib.data.images.unusable import UnusableError
from lib.system.errors import UserError
from lib.system.paths import display

_INK_SIDE = 20  # pixels of the box that MNIST fits each digit into
_LEAST_CONTRAST = 64  # grey levels; with less, there is no ink


def read(paths: Sequence[Path]) -> np.ndarray:
    """Return a query as images of its tokens: uint8 (1, 5, 28, 28), white on black.

    `paths` name five images from left to right, or one strip, which is cut into five equal parts.
    Dark ink on light paper is inverted. As in MNIST, the ink is scaled into 20x20 pixels and
    centred; images of exactly 28x28 pixels are taken as they are. Raises UserError if there are
    neither five images nor one, or if one cannot be read.
    """
    images = [_grey(path) for path in paths]
    if len(images) == 1:
        images = _cut(images[0], paths[0])
    if len(images) != QUERY_LENGTH:
        raise UserError(
            f"{len(images)} images; give {QUERY_LENGTH}, one for each token of the query, or "
            "one strip of all (an empty image ends a shorter query)"
        )
    return np.stack([_token(image) for image in images])[None]


def _grey(path: Path) -> np.ndarray:
    try:
        return np.asarray(load_image(path.parent.resolve(), path.name).image.convert("L"))
    except UnusableError as error:
        raise UserError(f"{display(path)} is no usable image: {error}") from error


def _cut(strip: np.ndarray, path: Path) -> list[np.ndarray]:
    if strip.shape[1] < QUERY_LENGTH:
        raise UserError(f"{display(path)} is too narrow for a strip of {QUERY_LENGTH} tokens")
    return np.array_split(strip, QUERY_LENGTH, axis=1)


def _token(grey: np.ndarray) -> np.ndarray:
    """Return one image as in MNIST: uint8 (28, 28)."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = 255 - grey if np.median(border) > 127 else grey
    if ink.shape == (SIDE, SIDE):
        return ink
    low, high = int(ink.min()), int(ink.max())
    token = Image.new("L", (SIDE, SIDE))
    if high - low < _LEAST_CONTRAST:
        return np.asarray(token)
    stretched = ((ink.astype(np.float32) - low) * (255 / (high - low))).astype(np.uint8)
    image = Image.fromarray(stretched)
    box = Image.fromarray((stretched > 96).astype(np.uint8)).getbbox()
    scale = _INK_SIDE / max(box[2] - box[0], box[3] - box[1])
    size = [max(1, round((box[k + 2] - box[k]) * scale)) for k in (0, 1)]
    fitted = image.resize(size, Image.Resampling.BILINEAR, box=box)
    token.paste(fitted, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return np.asarray(token)
