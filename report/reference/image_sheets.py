"""Arrays of small images as PNG files that a person can look at."""

import math
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from lib.system.files import replaced

_SHAPE = "shape"  # what the PNG's text field with the array's shape is called


def write(path: Path, images: np.ndarray) -> None:
    """Write `images`, uint8 (..., height, width) or (..., height, width, 3), without any loss.

    The first axis runs down the sheet, all others to the right; with one axis alone, it runs to the
    right. The same images give the same bytes.
    """
    rows, columns, height, width, *colours = _layout(images.shape)
    tiles = images.reshape(rows, columns, height, width, *colours).swapaxes(1, 2)
    sheet = Image.fromarray(tiles.reshape(rows * height, columns * width, *colours))
    facts = PngImagePlugin.PngInfo()
    facts.add_text(_SHAPE, " ".join(map(str, images.shape)))
    with replaced(path) as temporary:
        sheet.save(temporary, format="PNG", optimize=True, pnginfo=facts)


def read(path: Path) -> np.ndarray:
    """Return the array that `write` was given.

    Raises OSError or ValueError if the file is not one of its sheets.
    """
    with Image.open(path) as sheet:
        shape = tuple(map(int, sheet.info.get(_SHAPE, "").split()))
        pixels = np.asarray(sheet)
    if math.prod(shape) != pixels.size or len(shape) < 3:
        raise ValueError(f"{path.name} is no sheet of images")
    rows, columns, height, width, *colours = _layout(shape)
    return pixels.reshape(rows, height, columns, width, *colours).swapaxes(1, 2).reshape(shape)


def _layout(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return rows and columns of the sheet, then the shape of an image."""
    image = shape[-3:] if shape[-1] == 3 else shape[-2:]
    leading = shape[: len(shape) - len(image)]
    rows = leading[0] if len(leading) > 1 else 1
    return rows, math.prod(leading) // rows, *image
