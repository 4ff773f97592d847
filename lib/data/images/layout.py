"""Which axes of an array are images, rows, columns and colours, and which values are white."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lib.data.images.unusable import NOT_A_NUMBER, UnusableError
from lib.system.errors import UserError

_CHANNELS = {1: "grey", 3: "RGB", 4: "RGBA"}
_EXAMPLE = "as (count, height, width, 3)"


@dataclass(frozen=True)
class Brightness:
    """`black` and `white` are the values that mean them; `text` says so in words."""

    black: float
    white: float
    text: str = ""

    def to_bytes(self, values: np.ndarray) -> np.ndarray:
        """Return `values` as uint8, 0 black to 255 white, rounded."""
        if values.dtype == np.uint8 and (self.black, self.white) == (0, 255):
            return values
        factor = np.float32(255 / (self.white - self.black))
        scaled = (values.astype(np.float32) - np.float32(self.black)) * factor
        return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


BYTES = Brightness(0, 255)


def of_image(kind: str, extremes: Sequence[float]) -> Brightness:
    """Return what the values of an image mean, given the extremes of all or of each part.

    `kind` is as in `of_range`. Raises UnusableError for values of no clear range, or not finite.
    """
    if not np.isfinite(extremes).all():
        raise UnusableError(NOT_A_NUMBER)
    found = of_range(kind, min(extremes), max(extremes))
    if found is None:
        numbers = "floating-point" if kind == "f" else "32-bit"
        raise UnusableError(f"{numbers} values in neither 0..1 nor 0..255")
    return found


def of_range(kind: str, minimum: float, maximum: float) -> Brightness | None:
    """Return what values from `minimum` to `maximum` mean, None if that is not clear.

    `kind` is NumPy's letter for the type: "f" floating point, "i" and "u" integers, "b" bool.
    """
    if kind == "b":
        return Brightness(0, 1, "bool: False taken as black, True as white")
    if kind == "f" and minimum >= 0:
        if maximum <= 1:
            return Brightness(0, 1, "floats from 0 to 1 taken as black to white")
        if 16 <= maximum <= 255:
            return Brightness(0, 255, "floats from 0 to 255 taken as black to white")
    elif kind == "f" and -1 <= minimum <= -0.25 and maximum <= 1:
        return Brightness(-1, 1, "floats from -1 to 1 taken as black to white")
    elif minimum >= 0 and 2 <= maximum <= 255:
        return Brightness(0, 255, "integers from 0 to 255 taken as 8 bits")
    elif minimum >= 0 and 2**15 <= maximum < 2**16:
        return Brightness(0, 65535, "integers from 0 to 65535 taken as 16 bits")
    return None


@dataclass(frozen=True)
class Layout:
    """How the elements of an array become images; `text` says so, "" for the usual layout."""

    is_channels_first: bool
    brightness: Brightness = BYTES
    text: str = ""

    @property
    def readings(self) -> list[str]:
        """How the array is understood, in words; empty for 8 bits in the usual layout."""
        return [text for text in (self.text, self.brightness.text) if text]

    def pixels(self, element: np.ndarray) -> np.ndarray:
        """Return an element as uint8, (height, width) or (height, width, 3 or 4)."""
        values = self.brightness.to_bytes(element)
        if self.is_channels_first:
            values = np.moveaxis(values, 0, -1)
        return values[..., 0] if values.ndim == 3 and values.shape[2] == 1 else values


def of_array(shape: tuple[int, ...], dtype: np.dtype, name: str) -> Layout:
    """Return the layout of an array of this shape and type. Raises UserError if it is not clear."""
    if dtype.kind not in "buif":
        raise UserError(
            f"{name} holds {dtype}; it must hold bool, integers or floating-point numbers: "
            "images.astype('uint8')"
        )
    advice = "it must be (count, height, width, 3) or (count, height, width)"
    if min(shape, default=0) <= 0:
        advice = "it must hold images"
    elif len(shape) == 2:
        advice = f"reshape it, {_EXAMPLE}: images.reshape({shape[0]}, height, width, 3)"
    elif len(shape) == 3:
        if shape[2] not in _CHANNELS:
            return Layout(False)
        advice = (
            f"if it is one image, give several, {_EXAMPLE}; if not, add an axis: images[..., None]"
        )
    elif len(shape) == 4:
        first, last = shape[1] in _CHANNELS, shape[3] in _CHANNELS
        if last and not first:
            text = {1: "(count, height, width, 1) taken as grey", 4: "4 channels taken as RGBA"}
            return Layout(False, text=text.get(shape[3], ""))
        if first and not last:
            kind = _CHANNELS[shape[1]]
            return Layout(True, text=f"(count, {shape[1]}, height, width) taken as {kind}")
        if first:
            advice = "which axis has the colours is not clear; resize the images"
    raise UserError(f"{name} has the shape {shape}; {advice}")


def of_values(dtype: np.dtype, extremes: Sequence[float], name: str) -> Brightness:
    """Return the meaning of values, given the extremes of all images without NaN and infinity.

    Raises UserError if it is not clear, with what to call in NumPy.
    """
    if not extremes:
        return BYTES
    minimum, maximum = min(extremes), max(extremes)
    found = of_range(dtype.kind, minimum, maximum)
    if found is None:
        raise UserError(
            f"{name} holds {dtype} from {minimum:g} to {maximum:g}, and which value is white is "
            "not clear; save it as 8 bits: numpy.clip(images / white * 255, 0, 255).astype('uint8')"
        )
    return found
