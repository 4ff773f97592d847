"""Which numbers mean black and white, by the range of all values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lib.data.images.unusable import NOT_A_NUMBER, UnusableError


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
