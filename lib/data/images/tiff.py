"""TIFF files of more than 16 bits for each colour, which Pillow does not open: OpenCV does."""

import io

import cv2
import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin

from lib.data.images import layout
from lib.data.images.unusable import (
    DAMAGED,
    MAX_PIXELS,
    NOT_AN_IMAGE,
    TOO_LARGE,
    UnusableError,
)

STARTS = (b"II*\0", b"MM\0*")
_MAX_BYTES = 4 * MAX_PIXELS  # as Pillow's images take at most
_ICC_PROFILE = 34675


def decode(data: bytes) -> Image.Image:
    """Return an image in mode L, RGB or RGBA, with its orientation and its profile.

    Raises UnusableError for another TIFF, for one that is too large and for values of no clear
    range, and errors of other types for damaged bytes.
    """
    tags = TiffImagePlugin.ImageFileDirectory_v2(data[:8])
    file = io.BytesIO(data)
    file.seek(tags.next)
    tags.load(file)
    bits = tags.get(ExifTags.Base.BitsPerSample, (1,))
    channels = tags.get(ExifTags.Base.SamplesPerPixel, 1)
    if not 32 <= max(bits) <= 64 or channels not in (1, 3, 4):
        raise UnusableError(NOT_AN_IMAGE)
    width = max(tags[ExifTags.Base.ImageWidth], tags.get(ExifTags.Base.TileWidth, 0))
    height = max(tags[ExifTags.Base.ImageLength], tags.get(ExifTags.Base.TileLength, 0))
    if width * height * channels * max(bits) // 8 > _MAX_BYTES:
        raise UnusableError(TOO_LARGE)
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        raise UnusableError(DAMAGED)
    found = layout.of_image(values.dtype.kind, [values.min(), values.max()])
    pixels = found.to_bytes(values)
    if pixels.ndim == 3:
        pixels = pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.getexif()[ExifTags.Base.Orientation] = tags.get(ExifTags.Base.Orientation, 1)
    image.info["icc_profile"] = tags.get(_ICC_PROFILE)
    return image
