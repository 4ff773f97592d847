"""Images as a user brings them, and what becomes of them."""

import io
from collections import Counter

import numpy as np
from PIL import Image

from lib.data.image_sources import opened, resized
from lib.data.images import resize


def pixels(seed=0, side=20):
    """Random colours: uint8 (side, side, 3)."""
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (side, side, 3), dtype=np.uint8)


def png(seed=0):
    """The bytes of a PNG with `pixels(seed)`."""
    buffer = io.BytesIO()
    Image.fromarray(pixels(seed)).save(buffer, "PNG")
    return buffer.getvalue()


def read(path):
    """The usable images in order, and how often each reason to skip one was given."""
    with opened(path) as source:
        results = list(resized(source.loaders))
        skipped = source.skipped + Counter(result for result in results if isinstance(result, str))
    return [result.pixels for result in results if not isinstance(result, str)], skipped


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
