"""Images in an array: .npy, or .npz with one array of images."""

import dataclasses
import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from PIL import Image

from lib.data.images import layout, pixels, source, zips
from lib.data.images.decoding import Decoded
from lib.data.images.layout import Layout
from lib.data.images.source import Entry, Source
from lib.data.images.unusable import MAX_PIXELS, NOT_A_NUMBER, TOO_LARGE, UnusableError
from lib.system.errors import UserError
from lib.system.paths import display

# Of an .npz with several arrays, the first of these is used.
_USUAL_NAMES = ("images", "x_train", "arr_0")
_MAX_ELEMENT_BYTES = 256 << 20


@dataclass(frozen=True)
class _Array:
    """An array in a .npy file, or in a member of an .npz; its values begin at `offset`."""

    path: Path
    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype
    offset: int
    member: str | None = None

    @property
    def element_bytes(self) -> int:
        """The size of an image."""
        return math.prod(self.shape[1:]) * self.dtype.itemsize


def npy_images(path: Path) -> Source:
    """Return the images in a .npy file. Raises UserError for anything else."""
    try:
        with open(path, "rb") as file:
            array = _Array(path, *_read_header(file), file.tell())
    except Exception as error:  # numpy raises errors of many types on damaged bytes
        raise _not_whole(path) from error
    found = _layout(array, display(path), path.stat().st_size)
    names = [str(index) for index in range(array.shape[0])]
    return source.of_names(names, functools.partial(_load, array, found), readings=found.readings)


def npz_images(path: Path) -> Source:
    """Return the images in an .npz file. Raises UserError if it is not clear which array is meant.

    It is read from its beginning, one image after the other.
    """
    archive = zips.archive(path)
    arrays = {}
    try:
        for member in archive.namelist():
            if member.endswith(".npy"):
                with archive.open(member) as file:
                    array = _Array(path, *_read_header(file), file.tell(), member)
                arrays[member.removesuffix(".npy")] = array
    except Exception as error:
        raise _not_whole(path) from error
    usual = [name for name in _USUAL_NAMES if name in arrays] if len(arrays) > 1 else [*arrays]
    if not usual:
        held = ", ".join(f"{name} {array.shape} {array.dtype}" for name, array in arrays.items())
        raise UserError(
            f"{display(path)} holds {held or 'no array'}; save the array of images alone: "
            "numpy.save('images.npy', images)"
        )
    name, array = usual[0], arrays[usual[0]]
    if array.is_fortran:
        raise UserError(
            f"{display(path)} holds {name} in Fortran order; save it alone: "
            "numpy.save('images.npy', images)"
        )
    size = archive.getinfo(array.member).file_size
    found = _layout(array, f"{display(path)}: {name}", size)
    chosen = [f"{name} of {len(arrays)} arrays"] if len(arrays) > 1 else []

    def entries(first: int, last: int) -> Iterator[Entry]:
        for index, element in enumerate(itertools.islice(_elements(array), first, last), first):
            yield Entry(index, functools.partial(_image, element, found), element.nbytes)

    names = [str(index) for index in range(array.shape[0])]
    return Source(names, entries, readings=chosen + found.readings)


def _read_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = npy.read_magic(file)
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
    return read(file)


def _not_whole(path: Path) -> UserError:
    return UserError(
        f"{display(path)} is not a whole .npy or .npz array of numbers; "
        "save it again with numpy.save"
    )


def _layout(array: _Array, name: str, size: int) -> Layout:
    """Return how an array, in a file of `size` bytes, becomes images.

    Raises UserError if that is not clear, or if the array is cut off or too large.
    """
    found = layout.of_array(array.shape, array.dtype, name)
    source.check_count(array.path, array.shape[0])
    if array.offset + array.shape[0] * array.element_bytes > size:
        raise _not_whole(array.path)
    height, width = array.shape[2:4] if found.is_channels_first else array.shape[1:3]
    if height * width > MAX_PIXELS or array.element_bytes > _MAX_ELEMENT_BYTES:
        raise UserError(f"{name}: an image has {TOO_LARGE}; resize the images")
    if array.dtype == np.uint8:
        return found
    extremes = []
    for element in _elements(array):
        values = [float(element.min()), float(element.max())]
        if np.isfinite(values).all():
            extremes += values
    return dataclasses.replace(found, brightness=layout.of_values(array.dtype, extremes, name))


def _elements(array: _Array) -> Iterator[np.ndarray]:
    """Yield the elements of an array in order. Raises UserError if they are damaged."""
    if array.member is None:
        yield from (_element(array, index) for index in range(array.shape[0]))
        return
    try:
        with zips.archive(array.path).open(array.member) as file:
            file.read(array.offset)
            for _ in range(array.shape[0]):
                yield _next_element(array, file)
    except MemoryError:
        raise
    except Exception as error:
        raise _not_whole(array.path) from error


def _element(array: _Array, index: int) -> np.ndarray:
    """Return an element of a .npy file."""
    if array.is_fortran:  # its elements are not contiguous
        return np.memmap(array.path, array.dtype, "r", array.offset, array.shape, "F")[index]
    with open(array.path, "rb") as file:
        file.seek(array.offset + index * array.element_bytes)
        return _next_element(array, file)


def _next_element(array: _Array, file: BinaryIO) -> np.ndarray:
    return np.frombuffer(file.read(array.element_bytes), array.dtype).reshape(array.shape[1:])


def _load(array: _Array, found: Layout, name: str) -> Decoded:
    try:
        element = _element(array, int(name))
    except (OSError, ValueError) as error:
        raise UnusableError("file that cannot be read") from error
    return _image(element, found)


def _image(element: np.ndarray, found: Layout) -> Decoded:
    if element.dtype.kind == "f" and not np.isfinite(element.sum(dtype=np.float64)):
        raise UnusableError(NOT_A_NUMBER)
    image = Image.fromarray(np.ascontiguousarray(found.pixels(element)))
    return Decoded(pixels.to_rgb(image)[0], image.size)
