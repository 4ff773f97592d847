"""One image: from the bytes of a file to 64x64 pixels, by Pillow."""

import contextlib
import io
import warnings

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

SIDE = 64
RESIZED = "64x64 pixels, whole image, resized by Pillow (bicubic)"
# Larger than the usual image of any camera, and 200 MB once decoded.
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")


class UnusableError(Exception):
    """An image that cannot be used; the message is a short reason, the same for all of a kind."""


NOT_AN_IMAGE = "not a JPEG, PNG, GIF, BMP, WebP, TIFF or PNM image"
DAMAGED = "damaged or cut off"
TOO_LARGE = f"more than {MAX_PIXELS // 10**6} million pixels"


def decode(data: bytes) -> Image.Image:
    """Return the image in `data`, in Pillow's mode RGB.

    The image is turned upright by its EXIF orientation, transparent regions are white, 16 bits are
    scaled to 8, and of an animation the first frame is taken. Raises UnusableError for anything
    else and, before any decoding, for a header that announces more than MAX_PIXELS.
    """
    if not data:
        raise UnusableError("empty file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's, of damaged metadata and of large images
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            _check(image, data)
            image.load()
            with contextlib.suppress(Exception):  # damaged metadata leaves the pixels usable
                ImageOps.exif_transpose(image, in_place=True)
            return _to_rgb(image)
    except UnusableError:
        raise
    except UnidentifiedImageError as error:
        raise UnusableError(NOT_AN_IMAGE) from error
    except Image.DecompressionBombError as error:
        raise UnusableError(TOO_LARGE) from error
    except Exception as error:  # Pillow raises errors of many types on damaged bytes
        raise UnusableError(DAMAGED) from error


def resize(image: Image.Image) -> np.ndarray:
    """Return `image` as uint8 (64, 64, channels), without a crop."""
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _check(image: Image.Image, data: bytes) -> None:
    """Raise UnusableError for an opened, not yet decoded image that is too large or cut off."""
    width, height = image.size
    if image.format == "TIFF":
        # A tile may be larger than its image, and is decoded whole.
        width = max(width, image.tag_v2.get(ExifTags.Base.TileWidth, 0))
        height = max(height, image.tag_v2.get(ExifTags.Base.TileLength, 0))
    if width * height > MAX_PIXELS:
        raise UnusableError(TOO_LARGE)
    # A JPEG that was cut off and filled up with zeros decodes, half of it grey, but after the start
    # of its last scan there is no end marker.
    if data.startswith(b"\xff\xd8") and data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"):
        raise UnusableError(DAMAGED)


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or (image.format == "PPM" and image.mode == "I"):
        # Pillow itself clips 16 bits to 255.
        scaled = (np.asarray(image).astype(np.uint32) + 128) // 257
        return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")
    if image.mode in ("I", "F"):
        raise UnusableError("pixels of neither 8 nor 16 bits")
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white
