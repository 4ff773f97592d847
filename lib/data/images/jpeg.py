"""JPEG files: where they end, whether their data are whole, and decoding at a reduced scale.

Pillow decodes damaged data without a word: libjpeg's warnings are lost in it. OpenCV writes them to
stderr, from which they are caught here.
"""

import contextlib
import functools
import io
import operator
import os
import re
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image

from lib.data.images.unusable import DAMAGED, MAX_JPEG_PIXELS, TOO_LARGE, UnusableError

START, END = b"\xff\xd8", b"\xff\xd9"
# Markers that begin a frame; not among them: tables, arithmetic conditioning, extensions.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_SEQUENTIAL = (0xC0, 0xC1)
_SCAN, _COMMENT = 0xDA, 0xFE
# In compressed data, 0xff is followed by 0, by a restart marker, or by more 0xff.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
# Of a frame that is decoded only once all its scans are read.
_MAX_COEFFICIENT_BYTES = 320_000_000
_TABLES, _END_OF_BLOCK = b"\xff\xc4", 0
_HOLE = bytes(32)
_MAX_PADDING_BYTES = 16  # equal bytes behind the last block, which some cameras write
_MAX_MISSING_FRACTION = 0.01


def _parse(data: bytes) -> tuple[list[bytes | memoryview], bool, bool]:
    """Return the first JPEG in `data`, without what follows it.

    First, the parts that its pixels need. They have no metadata, end with an end marker, and start
    a sequential scan as the standard demands, so that the decoder has no reason to warn except for
    damage. Second, whether the file has the end marker. Third, whether all coefficients are in
    memory before any block is decoded. Raises UnusableError if there are no compressed data.
    """
    parts: list[bytes | memoryview] = [START]
    frame, scan_at, end, at = b"", None, None, 2
    is_buffered = False
    while (found := _MARKER.search(data, at)) is not None:
        code, start = found[0][1], found.start()
        if code == END[1]:
            end = start
            break
        at = start + 2 + max(2, int.from_bytes(data[start + 2 : start + 4], "big"))
        if scan_at is not None or 0xE0 <= code <= 0xEF or code == _COMMENT:
            continue
        segment = data[start:at]
        if code in _FRAMES and not frame:
            frame, is_buffered = segment, code not in _SEQUENTIAL
        if code == _SCAN:
            scan_at = at
            is_buffered |= segment[4:5] != frame[9:10]  # not all components in the first scan
            if frame and frame[1] in _SEQUENTIAL:
                segment = segment[:-3] + bytes([0, 63, 0])
        parts.append(segment)
    if scan_at is None:
        raise UnusableError(DAMAGED)
    parts += [memoryview(data)[scan_at:end], END]
    return parts, end is not None, is_buffered


def _coefficient_bytes(image: Image.Image) -> int:
    """Return the memory that all coefficients of a JPEG take, two bytes each."""
    _, across, down, _ = zip(*image.layer, strict=True)
    samples = sum(map(operator.mul, across, down)) / (max(across) * max(down))
    return int(2 * samples * image.width * image.height)


def checked(image: Image.Image, data: bytes) -> Image.Image:
    """Return an opened JPEG whose data are whole, with its end if that was missing.

    Raises UnusableError if the data are damaged, or have more pixels than can be decoded in memory.
    """
    if image.width * image.height > MAX_JPEG_PIXELS:
        raise UnusableError(TOO_LARGE)
    parts, is_ended, is_buffered = _parse(data)
    if is_buffered and _coefficient_bytes(image) > _MAX_COEFFICIENT_BYTES:
        raise UnusableError("progressive JPEG with too many pixels")
    _check_data(parts, is_ended, is_buffered)
    return image if is_ended else Image.open(io.BytesIO(data + END), formats=("JPEG",))


def _check_data(parts: list[bytes | memoryview], is_ended: bool, is_buffered: bool) -> None:
    """Raise UnusableError if the data have a hole, or if the decoder reports damage.

    Allowed are a few equal bytes behind the last block, and that the last blocks are missing of a
    file that is cut off, at most a hundredth of the image.
    """
    data = b"".join(parts)
    if not is_buffered and _has_hole(data, parts[:-2]):
        raise UnusableError(DAMAGED)
    grey, messages = _decoded(data)
    extra = re.search(rb"(\d+) extraneous bytes before marker 0xd9", messages)
    if extra:
        count = int(extra[1])
        last = bytes(parts[-2][-count:])
        if count > _MAX_PADDING_BYTES or len(set(last)) > 1:
            raise UnusableError(DAMAGED)
    elif b"Corrupt JPEG data" in messages or b"Premature end" in messages:
        is_cut = b"premature end of data segment" in messages and not is_ended
        # Of a progressive image, every scan is a part of every block.
        is_only_cut = is_cut and not is_buffered
        if not is_only_cut or _missing(grey) > _MAX_MISSING_FRACTION:
            raise UnusableError(DAMAGED)


def _has_hole(data: bytes, headers: list[bytes]) -> bool:
    """Return whether zeros take the place of compressed data, which a decoder may take for blocks.

    Only if the shortest code, all zeros, ends a block, can a flat region be compressed to zeros.
    """
    if data.find(_HOLE, sum(map(len, headers))) < 0:
        return False
    first_symbols = {}
    for segment in headers:
        at = 4 if segment[:2] == _TABLES else len(segment)
        while at + 17 < len(segment):
            count = sum(segment[at + 1 : at + 17])
            first_symbols[segment[at]] = segment[at + 17]
            at += 17 + count
    # The table for all but the first value of a block of brightness.
    table = 0x10 | headers[-1][6] & 15
    return first_symbols.get(table, _END_OF_BLOCK) != _END_OF_BLOCK


def _decoded(data: bytes) -> tuple[np.ndarray | None, bytes]:
    """Return the brightness of each block, or of four, and the decoder's messages."""
    with caught_messages() as caught:
        try:
            grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
        except cv2.error:
            grey = None
        return grey, os.pread(caught, 4096, 0)


def _missing(grey: np.ndarray | None) -> float:
    """Return which fraction at the end of an image has the decoder's value for missing blocks."""
    if grey is None:
        return 1.0
    is_missing = (grey == 128)[::-1, ::-1]
    rows = _leading(is_missing.all(axis=1))
    # A row of blocks is one or two rows of pixels here, by the sampling of the colours.
    pixels = rows * grey.shape[1] + sum(map(_leading, is_missing[rows : rows + 2]))
    return pixels / grey.size


def _leading(flags: np.ndarray) -> int:
    """Return how many of the first flags are true."""
    return len(flags) if flags.all() else int(np.argmin(flags))


@functools.cache
def _messages_file() -> int:
    return os.memfd_create("messages")


@contextlib.contextmanager
def caught_messages() -> Iterator[int]:
    """Send what native code writes to stderr to a file in memory; yield its descriptor.

    It tells the user nothing.
    """
    file = _messages_file()
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    try:
        stderr = os.dup(2)
    except OSError:  # it is closed
        stderr = None
    os.dup2(file, 2)
    try:
        yield file
    finally:
        if stderr is None:
            os.close(2)
        else:
            os.dup2(stderr, 2)
            os.close(stderr)
