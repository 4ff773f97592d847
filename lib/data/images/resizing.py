"""Every image becomes 64x64 pixels in the same way."""

import numpy as np
from PIL import Image

from lib.data.images import SIDE

RESIZED = "64x64 pixels, whole image, resized by Pillow (bicubic)"


def resize(image: Image.Image) -> np.ndarray:
    """Return `image` as uint8 (64, 64, channels), without a crop."""
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
