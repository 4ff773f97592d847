"""Images in an array: .npy, or .npz with one array of images."""

import dataclasses
import functools
import math
import zipfile
from collections.abc import Callable, Iterator
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
    """An array in a file: its bytes begin at `offset`, or are compressed in the zip's `member`."""

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    is_fortran: bool
    offset: int | None
    member: zipfile.ZipInfo | None = None

    @property
    def element_bytes(self) -> int:
        """The size of an image."""
        return math.prod(self.shape[1:]) * self.dtype.itemsize

    @property
    def is_whole(self) -> bool:
        """Whether the file has all bytes, as far as that is known without decompression."""
        needed = (self.offset or 0) + self.shape[0] * self.element_bytes
        return self.offset is None or needed <= self.path.stat().st_size


def npy_images(path: Path) -> Source:
    """Return the images in a .npy file. Raises UserError for anything else."""
    try:
        with open(path, "rb") as file:
            array = _Array(path, *_read_header(file), file.tell())
    except Exception as error:  # numpy raises errors of many types on damaged bytes
        raise _not_whole(path) from error
    return _source(array, display(path))


def npz_images(path: Path) -> Source:
    """Return the images in an .npz file. Raises UserError if it is not clear which array is meant.

    A compressed array is read from its beginning, one image after the other.
    """
    archive = zips.archive(path)
    members = {
        info.filename.removesuffix(".npy"): info
        for info in archive.infolist()
        if info.filename.endswith(".npy")
    }
    try:
        headers = {}
        for name, info in members.items():
            with archive.open(info) as file:
                headers[name] = (*_read_header(file), file.tell())
    except Exception as error:
        raise _not_whole(path) from error
    name = next(iter(headers)) if len(headers) == 1 else None
    name = name or next((usual for usual in _USUAL_NAMES if usual in headers), None)
    if name is None:
        held = ", ".join(f"{name} {shape} {dtype}" for name, (shape, dtype, *_) in headers.items())
        raise UserError(
            f"{display(path)} holds {held or 'no array'}; save the array of images alone: "
            "numpy.save('images.npy', images)"
        )
    *header, header_bytes = headers[name]
    info = members[name]
    try:
        if info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1:
            array = _Array(path, *header, zips.data_offset(path, info) + header_bytes)
        else:
            array = _Array(path, *header, None, info)
    except Exception as error:
        raise _not_whole(path) from error
    if array.is_fortran and array.member:
        raise UserError(
            f"{display(path)} holds {name} in Fortran order, compressed; save it alone: "
            "numpy.save('images.npy', images)"
        )
    found = _source(array, f"{display(path)}: {name}")
    chosen = [f"{name} of {len(headers)} arrays"] if len(headers) > 1 else []
    return dataclasses.replace(found, readings=chosen + found.readings)


def _read_header(file: BinaryIO) -> tuple[tuple[int, ...], np.dtype, bool]:
    version = npy.read_magic(file)
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
    shape, is_fortran, dtype = read(file)
    return shape, dtype, is_fortran


def _not_whole(path: Path) -> UserError:
    return UserError(
        f"{display(path)} is not a whole .npy or .npz array of numbers; "
        "save it again with numpy.save"
    )


def _source(array: _Array, name: str) -> Source:
    layout.check_type(array.dtype, name)
    found = layout.of_shape(array.shape, name)
    source.check_count(array.path, array.shape[0])
    if not array.is_whole:
        raise _not_whole(array.path)
    if array.dtype != np.uint8:
        brightness = layout.of_values(array.dtype, _ranges(array), name)
        found = dataclasses.replace(found, brightness=brightness)
    readings = [text for text in (found.text, found.brightness.text) if text]
    names = [str(index) for index in range(array.shape[0])]
    if array.offset is None:
        return Source(names, _compressed_entries(array, found), readings=readings)

    def loader(index: int) -> source.Load:
        return functools.partial(_load, array, found, index)

    return source.of_loaders(names, loader, readings=readings)


def _element(array: _Array, index: int) -> np.ndarray:
    if array.is_fortran:  # its elements are not contiguous
        return np.memmap(array.path, array.dtype, "r", array.offset, array.shape, "F")[index]
    with open(array.path, "rb") as file:
        file.seek(array.offset + index * array.element_bytes)
        return _of_bytes(array, file.read(array.element_bytes))


def _of_bytes(array: _Array, data: bytes) -> np.ndarray:
    return np.frombuffer(data, array.dtype).reshape(array.shape[1:])


def _elements(array: _Array) -> Iterator[np.ndarray]:
    """Yield the elements of an array in order. Raises UserError if they are damaged."""
    if array.offset is not None:
        yield from (_element(array, index) for index in range(array.shape[0]))
        return
    if array.element_bytes > _MAX_ELEMENT_BYTES:
        raise UserError(f"{display(array.path)}: an image has {TOO_LARGE}; resize the images")
    try:
        with zips.archive(array.path).open(array.member) as file:
            _read_header(file)
            for _ in range(array.shape[0]):
                yield _of_bytes(array, file.read(array.element_bytes))
    except (GeneratorExit, MemoryError):
        raise
    except Exception as error:
        raise _not_whole(array.path) from error


def _ranges(array: _Array) -> list[tuple[float, float]]:
    """Return the smallest and largest value of each element, without those with NaN."""
    found = set()
    for element in _elements(array):
        low, high = float(element.min()), float(element.max())
        if np.isfinite(low) and np.isfinite(high):
            found.add((low, high))
    return sorted(found)


def _compressed_entries(array: _Array, found: Layout) -> Callable[[int, int], Iterator[Entry]]:
    def entries(first: int, last: int) -> Iterator[Entry]:
        for index, element in enumerate(_elements(array)):
            if index >= last:
                return
            if index >= first:
                yield Entry(index, functools.partial(_image, element, found), element.nbytes)

    return entries


def _load(array: _Array, found: Layout, index: int) -> Decoded:
    if array.element_bytes > _MAX_ELEMENT_BYTES:
        raise UnusableError(TOO_LARGE)
    try:
        element = _element(array, index)
    except (OSError, ValueError) as error:
        raise UnusableError("file that cannot be read") from error
    return _image(element, found)


def _image(element: np.ndarray, found: Layout) -> Decoded:
    height, width = element.shape[1:3] if found.is_channels_first else element.shape[:2]
    if height * width > MAX_PIXELS:
        raise UnusableError(TOO_LARGE)
    if element.dtype.kind == "f" and not np.isfinite(element.sum(dtype=np.float64)):
        raise UnusableError(NOT_A_NUMBER)
    image = Image.fromarray(np.ascontiguousarray(found.pixels(element)))
    return Decoded(pixels.to_rgb(image)[0], (width, height))
