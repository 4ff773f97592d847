"""Colour profiles (ICC): from the colours of a camera or a screen to sRGB."""

import functools
import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms

CONVERTED = "colours converted to sRGB from another profile"
IGNORED = "broken colour profile ignored"
_MAX_PROFILE_BYTES = 4 << 20
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
# Published profiles for sRGB differ by rounding, and by how they write its curve.
_TOLERANCE = 3
_MODES = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}
_FITTING = {"L": ("L", "RGB"), "RGB": ("RGB",), "CMYK": ("CMYK",)}

# From an image in mode L, RGB or CMYK to the same in sRGB, in mode RGB.
Convert = Callable[[Image.Image], Image.Image]


def conversion(profile: bytes | None, mode: str) -> tuple[Convert | None, str | None]:
    """Return how images of `mode` (L, RGB or CMYK) with this profile become sRGB, and a remark.

    The conversion is None if there is nothing to convert: no profile, that of sRGB, or a broken one
    or one of other colours, which the remark reports.
    """
    if not profile:
        return None, None
    try:
        found = _transform(profile)
    except Exception:  # littlecms and struct raise errors of many types on damaged bytes
        return None, IGNORED
    if found is None:
        return None, None
    expected, transform = found
    if expected not in _FITTING[mode]:
        return None, IGNORED

    def convert(image: Image.Image) -> Image.Image:
        return ImageCms.applyTransform(image.convert(expected), transform)

    return convert, CONVERTED


@functools.lru_cache(maxsize=16)
def _transform(profile: bytes) -> tuple[str, ImageCms.ImageCmsTransform] | None:
    """Return the mode and the transform of a profile to sRGB, None if it is that of sRGB."""
    if len(profile) > _MAX_PROFILE_BYTES:
        raise ValueError("too large for a profile")
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    mode = _MODES[opened.profile.xcolor_space.strip()]
    transform = ImageCms.buildTransform(opened, _srgb(), mode, "RGB", _INTENT, _FLAGS)
    if mode != "CMYK":
        probe = _probe(mode)
        converted = np.asarray(ImageCms.applyTransform(probe, transform)).astype(int)
        if np.abs(converted - np.asarray(probe.convert("RGB"))).max() <= _TOLERANCE:
            return None
    return mode, transform


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@functools.cache
def _probe(mode: str) -> Image.Image:
    """Return an image of all greys, or of colours from the whole cube."""
    if mode == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    return Image.fromarray(np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(9, 81, 3))
