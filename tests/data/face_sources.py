"""Images as a user brings them, and what becomes of them."""

import io

import numpy as np
from PIL import Image

from lib.data.images.pixels import resize
from lib.data.images.reading import open_images


def pixels(seed=0, side=20):
    """Random colours: uint8 (side, side, 3)."""
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (side, side, 3), dtype=np.uint8)


def png(seed=0):
    """The bytes of a PNG with `pixels(seed)`."""
    buffer = io.BytesIO()
    Image.fromarray(pixels(seed)).save(buffer, "PNG")
    return buffer.getvalue()


def read(path, limit=10**6):
    """The usable images in order, and how often each reason to skip one was given."""
    with open_images(path) as images:
        found = [image.pixels for image in images.read(limit)]
    return found, images.reasons


def assert_images(images, seeds):
    """The images must be those of `pixels` with these seeds."""
    assert len(images) == len(seeds)
    for image, seed in zip(images, seeds, strict=True):
        np.testing.assert_array_equal(image, resize(Image.fromarray(pixels(seed))))


def save_array(tmp_path, count=80, name="mine.npy", seed=0):
    """Save random images as an array; return its path."""
    values = np.random.default_rng(seed).integers(0, 256, (count, 16, 16, 3), dtype=np.uint8)
    np.save(tmp_path / name, values)
    return tmp_path / name


def leftovers(folder):
    """The names of what lies next to the prepared `folder`, and its own if it exists."""
    return sorted(path.name for path in folder.parent.iterdir() if path.name != ".faces.lock")
