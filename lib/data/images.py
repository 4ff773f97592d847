"""One picture: from the bytes of a file to 64x64 pixels."""

import re
import struct
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

SIDE = 64
RESIZED = "64x64 pixels, whole picture, resized by Pillow (bicubic)"
# Larger than any camera's usual picture, and 150 MB once decoded.
MAX_PIXELS = 50_000_000
# Tags of TIFF 6.0, which EXIF shares.
WIDTH, HEIGHT, ORIENTATION, TILE_WIDTH, TILE_HEIGHT = 256, 257, 274, 322, 323


class UnusableError(Exception):
    """A picture that cannot be used; the message is a short reason, the same for all of a kind."""


NOT_A_PICTURE = "not a JPEG, PNG, GIF, BMP, WebP, TIFF or PNM picture"
DAMAGED = "damaged or cut off"
TOO_LARGE = f"more than {MAX_PIXELS // 10**6} million pixels"


def decode(data: bytes) -> np.ndarray:
    """Return the picture in `data` as uint8 RGB of shape (height, width, 3).

    Upright by its EXIF orientation, transparent parts on white, 16 bits scaled to 8, the first
    frame of an animation. Raises UnusableError for anything else, and, before any decoding, for a
    header that announces more than MAX_PIXELS.
    """
    if not data:
        raise UnusableError("empty file")
    _check_header(data)
    encoded = np.frombuffer(data, np.uint8)
    try:
        if data.startswith(b"\xff\xd8"):
            return _decode_jpeg(data, encoded)
        picture, _, metadata = cv2.imdecodeWithMetadata(encoded, cv2.IMREAD_UNCHANGED)
    except (cv2.error, MemoryError) as error:
        raise UnusableError(DAMAGED) from error
    if picture is None:
        raise UnusableError(DAMAGED)
    # libtiff multiplies colours of 8 bits by their opacity.
    is_multiplied = picture.dtype == np.uint8 and data.startswith((b"II*\0", b"MM\0*"))
    return _turn_upright(_to_rgb(picture, is_multiplied), metadata)


def resize(picture: np.ndarray) -> np.ndarray:
    """Return `picture`, uint8 (height, width, 3), as uint8 (64, 64, 3), without a crop."""
    return np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _decode_jpeg(data: bytes, encoded: np.ndarray) -> np.ndarray:
    # A file cut off and filled up with zeros decodes, half of it grey; its end marker is missing.
    if data.find(b"\xff\xd9", _jpeg_frame(data)) < 0:
        raise UnusableError(DAMAGED)
    picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise UnusableError(DAMAGED)
    return picture


def _to_rgb(picture: np.ndarray, is_multiplied: bool) -> np.ndarray:
    """Turn grey, BGR or BGRA (colours already multiplied by it or not) into RGB of 8 bits."""
    if picture.dtype == np.uint16:
        picture = cv2.convertScaleAbs(picture, alpha=1 / 257)
    if picture.dtype != np.uint8:
        raise UnusableError("pixels of neither 8 nor 16 bits")
    if picture.ndim == 2:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
    if picture.shape[2] == 3:
        return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    opacity = cv2.cvtColor(picture[..., 3], cv2.COLOR_GRAY2RGB)
    colours = cv2.cvtColor(picture, cv2.COLOR_BGRA2RGB)
    if not is_multiplied:
        colours = cv2.multiply(colours, opacity, scale=1 / 255)
    return cv2.add(colours, 255 - opacity)


def _turn_upright(picture: np.ndarray, metadata: tuple[np.ndarray, ...]) -> np.ndarray:
    """Apply the EXIF orientation; OpenCV itself does so only where it drops the transparency."""
    orientation = 1
    for block in metadata:
        exif = np.asarray(block).tobytes().removeprefix(b"Exif\0\0")
        if exif.startswith((b"II*\0", b"MM\0*")):
            orientation = _tiff_fields(exif).get(ORIENTATION, 1)
    if orientation in (5, 6, 7, 8):
        picture = picture.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    return np.ascontiguousarray(picture)


def _check_header(data: bytes) -> None:
    """Raise UnusableError unless the header announces a picture of a sane size."""
    measure = next((size for opening, size in _FORMATS if re.match(opening, data, re.DOTALL)), None)
    if measure is None:
        raise UnusableError(NOT_A_PICTURE)
    try:
        width, height = measure(data)
    except (struct.error, IndexError, KeyError, TypeError) as error:
        raise UnusableError(DAMAGED) from error
    if width == 0 or height == 0:
        raise UnusableError(DAMAGED)
    if width * height > MAX_PIXELS:
        raise UnusableError(TOO_LARGE)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    height, width = struct.unpack_from(">HH", data, _jpeg_frame(data) + 5)
    return width, height


def _jpeg_frame(data: bytes) -> int:
    """Return where the frame header stands: behind all metadata, a thumbnail's too."""
    at = 2
    while True:
        while data[at + 1] == 0xFF:
            at += 1
        start, marker, length = struct.unpack_from(">BBH", data, at)
        if start != 0xFF:
            raise IndexError
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return at
        at += 2 + length


def _png_size(data: bytes) -> tuple[int, int]:
    # OpenCV makes room for as many bytes as a chunk announces, so each must really be there.
    at, kind = 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
    if at > len(data):
        raise IndexError
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _bmp_size(data: bytes) -> tuple[int, int]:
    [header] = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header == 12 else "<ii", data, 18)
    return abs(width), abs(height)


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return tuple(int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    if kind == b"VP8L":
        [bits] = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _tiff_size(data: bytes) -> tuple[int, int]:
    # A tile may be larger than the picture, and is unpacked whole.
    fields = _tiff_fields(data)
    width, height = fields[WIDTH], fields[HEIGHT]
    return max(width, fields.get(TILE_WIDTH, 0)), max(height, fields.get(TILE_HEIGHT, 0))


def _tiff_fields(data: bytes) -> dict[int, int]:
    """Return the whole numbers of the first directory, of TIFF as of EXIF, by their tags."""
    order = "<" if data.startswith(b"II") else ">"
    fields = {}
    try:
        [directory] = struct.unpack_from(order + "I", data, 4)
        [count] = struct.unpack_from(order + "H", data, directory)
        for at in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, kind, _ = struct.unpack_from(order + "HHI", data, at)
            if kind in (3, 4):
                [fields[tag]] = struct.unpack_from(order + "HI"[kind - 3], data, at + 8)
    except struct.error:
        pass
    return fields


def _pnm_size(data: bytes) -> tuple[int, int]:
    found = re.match(rb"P[1-6]" + 2 * rb"(?:\s|#[^\n]*\n)+(\d{1,9})", data[:4096])
    return int(found[1]), int(found[2])


# AVIF is left out: OpenCV ignores its rotation and its header need not tell the coded size.
_FORMATS: tuple[tuple[bytes, Callable[[bytes], tuple[int, int]]], ...] = (
    (rb"\xff\xd8\xff", _jpeg_size),
    (rb"\x89PNG\r\n\x1a\n....IHDR", _png_size),
    (rb"GIF8[79]a", lambda data: struct.unpack_from("<HH", data, 6)),
    (rb"RIFF....WEBPVP8[ LX]", _webp_size),
    (rb"BM", _bmp_size),
    (rb"II\*\0|MM\0\*", _tiff_size),
    (rb"P[1-6]\s", _pnm_size),
)
