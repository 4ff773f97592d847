"""Pixels of any depth, palette, transparency or colour profile become 64x64 pixels of 8-bit RGB."""

import functools
from collections.abc import Iterator

import numpy as np
from PIL import Image

from lib.data.images import SIDE, layout
from lib.data.images.colour import to_srgb
from lib.data.images.layout import Brightness

RESIZED = "64x64 pixels, whole image, resized by Pillow (bicubic)"
# An image with more pixels is first shrunk by a whole factor, to at least MINIMUM_SIDE.
LARGE = 4_000_000
MINIMUM_SIDE = 256
_STRIP_PIXELS = 1_000_000
_GREY = ("1", "L", "LA", "La")


def to_rgb(image: Image.Image) -> tuple[Image.Image, str | None]:
    """Return a decoded image in mode RGB and sRGB, on white, and a remark on its colour profile.

    16 bits and floating-point values are scaled to 8 bits. An image of more than LARGE pixels is
    shrunk by averaging blocks. Raises UnusableError for values of no clear range.
    """
    clear = image.info.get("transparency") if image.mode.startswith("I;16") else None
    profile = image.info.get("icc_profile")
    convert = functools.partial(_strip_to_rgb, values=_values(image), clear=clear, profile=profile)
    factor = min(image.size) // MINIMUM_SIDE
    if image.width * image.height <= LARGE or factor < 2:
        return convert(image)
    small = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    remark = None
    for top, strip in _strips(image, factor):
        converted, remark = convert(strip)
        small.paste(converted.reduce(factor), (0, top // factor))
    return small, remark


def _strips(image: Image.Image, multiple: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """Yield the top and the pixels of strips, whose height is a multiple except for the last's."""
    height = max(1, _STRIP_PIXELS // (image.width * multiple)) * multiple
    for top in range(0, image.height, height):
        yield top, image.crop((0, top, image.width, min(top + height, image.height)))


def _values(image: Image.Image) -> Brightness | None:
    """Return the meaning of values of more than 8 bits, None if there are only 8."""
    if image.mode.startswith("I;16") or (image.format == "PPM" and image.mode == "I"):
        return Brightness(0, 65535)
    if image.mode not in ("I", "F"):
        return None
    extremes = []
    for _, strip in _strips(image):
        values = np.asarray(strip)
        extremes += [values.min(), values.max()]
    return layout.of_image("f" if image.mode == "F" else "i", extremes)


def _strip_to_rgb(
    image: Image.Image, values: Brightness | None, clear: int | None, profile: bytes | None
) -> tuple[Image.Image, str | None]:
    """Convert a strip, given the meaning of its values, the grey that is clear, and the profile."""
    mask, is_grey = None, image.mode in _GREY
    if clear is not None:
        # Pillow ignores it for 16 bits.
        is_opaque = np.asarray(image) != clear
        mask = Image.fromarray(is_opaque.astype(np.uint8) * 255)
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        mask = image.getchannel("A")
    if values is not None:
        # Pillow itself clips 16 bits to 255.
        image, is_grey = Image.fromarray(values.to_bytes(np.asarray(image))), True
    mode = "L" if is_grey else "CMYK" if image.mode == "CMYK" else "RGB"
    rgb, remark = to_srgb(image, mode, profile)
    if mask is None:
        return rgb, remark
    white = Image.new("RGB", rgb.size, "white")
    white.paste(rgb, mask=mask)
    return white, remark


def resize(image: Image.Image) -> np.ndarray:
    """Return `image` as uint8 (64, 64, channels), without a crop."""
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
