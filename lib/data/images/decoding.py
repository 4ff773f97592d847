"""One image: from the bytes of a file to RGB pixels, by Pillow."""

import contextlib
import functools
import io
import struct
import warnings
from dataclasses import dataclass

from PIL import AvifImagePlugin, ExifTags, Image, ImageOps, UnidentifiedImageError

from lib.data.images import jpeg, pixels, tiff
from lib.data.images.unusable import (
    DAMAGED,
    MAX_JPEG_PIXELS,
    MAX_PIXELS,
    MAX_WEBP_PIXELS,
    NOT_AN_IMAGE,
    TOO_LARGE,
    UnusableError,
)

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")
# Pillow's own limit is below the photos of some phones. Ours are checked before any decoding.
Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS
# Images are decoded in several processes already.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


@dataclass(frozen=True)
class Decoded:
    """An image in mode RGB and sRGB, upright, on white.

    `size` is the width and height that the file has; a large image is already shrunk. `remark` says
    what was done to its colours, None if nothing was.
    """

    image: Image.Image
    size: tuple[int, int]
    remark: str | None = None


def decode(data: bytes) -> Decoded:
    """Return the image in `data`.

    It is turned upright by its EXIF orientation (in HEIC, by the container's own rotation alone),
    transparent regions are white, colours are converted to sRGB by the image's profile, more than 8
    bits are scaled to 8, and of an animation the first frame is taken. An image of more than
    `pixels.LARGE` pixels is shrunk by a whole factor. Raises UnusableError for anything else and,
    before any decoding, for a header that announces too many pixels.
    """
    if not data:
        raise UnusableError("empty file")
    try:
        with warnings.catch_warnings(), jpeg.caught_messages():
            warnings.simplefilter("ignore")  # Pillow's, of damaged metadata and of large images
            return _decode(data)
    except UnusableError:
        raise
    except UnidentifiedImageError as error:
        raise UnusableError(NOT_AN_IMAGE) from error
    except Image.DecompressionBombError as error:
        raise UnusableError(TOO_LARGE) from error
    except Exception as error:  # Pillow raises errors of many types on damaged bytes
        raise UnusableError(DAMAGED) from error


def _decode(data: bytes) -> Decoded:
    image = _opened(data)
    width, height = image.size
    if data.startswith(jpeg.START):
        image = jpeg.checked(image, data)
        if width * height > pixels.LARGE:
            image.draft(None, (pixels.MINIMUM_SIDE, pixels.MINIMUM_SIDE))
    _check_size(image)
    if image.format == "PNG":
        _scale_clear_colour(image, data)
    image.load()
    orientation = 1
    with contextlib.suppress(Exception):  # damaged metadata leaves the pixels usable
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    rgb, remark = pixels.to_rgb(image)
    if orientation in range(2, 9):
        rgb.info.clear()  # other metadata may be damaged
        rgb.getexif()[ExifTags.Base.Orientation] = orientation
        rgb = ImageOps.exif_transpose(rgb)
        if orientation >= 5:
            width, height = height, width
    return Decoded(rgb, (width, height), remark)


def _opened(data: bytes) -> Image.Image:
    # AVIF has the same container, with its name among the brands, and a decoder in Pillow.
    brands = data[8 : min(int.from_bytes(data[:4], "big"), 100)]
    if data[4:8] == b"ftyp" and b"avif" not in brands and b"avis" not in brands:
        _register_heif()
        return Image.open(io.BytesIO(data), formats=("HEIF", "AVIF"))
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        if not data.startswith(tiff.STARTS):
            raise
    try:
        return tiff.decode(data)
    except (KeyError, struct.error, TypeError) as error:
        raise UnusableError(NOT_AN_IMAGE) from error


@functools.cache
def _register_heif() -> None:
    import pillow_heif  # only if there is such an image

    pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False)


def _check_size(image: Image.Image) -> None:
    """Raise UnusableError for an opened, not yet decoded image that is too large."""
    width, height = image.size
    if image.format == "TIFF":
        # A tile may be larger than its image, and is decoded whole.
        width = max(width, image.tag_v2.get(ExifTags.Base.TileWidth, 0))
        height = max(height, image.tag_v2.get(ExifTags.Base.TileLength, 0))
    if width * height > (MAX_WEBP_PIXELS if image.format == "WEBP" else MAX_PIXELS):
        raise UnusableError(TOO_LARGE)


def _scale_clear_colour(image: Image.Image, data: bytes) -> None:
    """Scale the transparent colour of a PNG of other than 8 bits as Pillow scales its pixels."""
    level, bits = image.info.get("transparency"), data[24]
    if image.mode == "RGB" and isinstance(level, tuple) and bits == 16:
        image.info["transparency"] = tuple(each >> 8 for each in level)
    if image.mode == "L" and isinstance(level, int) and bits < 8:
        image.info["transparency"] = level * 255 // (2**bits - 1)
