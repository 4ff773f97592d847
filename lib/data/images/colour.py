"""Colour profiles (ICC): from the colours of a camera or a screen to sRGB."""

import functools
import io

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


def to_srgb(image: Image.Image, mode: str, profile: bytes | None) -> tuple[Image.Image, str | None]:
    """Return an image, to be read in `mode` (L, RGB or CMYK), in mode RGB and sRGB, and a remark.

    The remark says whether its colours were converted, or the profile ignored because it is broken
    or one of other colours; None if there was nothing to convert.
    """
    try:
        found = _transform(profile) if profile else None
    except Exception:  # littlecms and struct raise errors of many types on damaged bytes
        return image.convert("RGB"), IGNORED
    if found is None:
        return image.convert("RGB"), None
    expected, transform = found
    if expected not in _FITTING[mode]:
        return image.convert("RGB"), IGNORED
    return ImageCms.applyTransform(image.convert(mode).convert(expected), transform), CONVERTED


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
