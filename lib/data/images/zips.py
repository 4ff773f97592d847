"""Images in a zip archive. Nothing is unpacked to the disk."""

import bz2
import copy
import functools
import lzma
import stat
import struct
import zipfile
import zlib
from collections import Counter
from pathlib import Path

from lib.data.images import source
from lib.data.images.decoding import Decoded, decode
from lib.data.images.source import Source
from lib.data.images.unusable import DAMAGED_IN_ARCHIVE, DUPLICATE, UnusableError

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, RuntimeError, ValueError),
)
_MAX_LZMA_BYTES = 96 << 20  # of memory


def images(path: Path) -> Source:
    """Return the images in a zip archive. As when unpacking, the last entry of a name counts."""
    found = Counter(name for name in archive(path).namelist() if not name.endswith("/"))
    source.check_count(path, found.total())
    repeated = [(name, DUPLICATE) for name in (found - Counter(list(found))).elements()]
    return source.of_names(sorted(found), functools.partial(_load, path), skipped=repeated)


@functools.lru_cache(maxsize=1)
def archive(path: Path) -> zipfile.ZipFile:
    """Open an archive, once in each process that reads from it. Raises UserError if it is none."""
    try:
        return zipfile.ZipFile(path)
    except Exception as error:  # zipfile raises errors of many types on damaged bytes
        raise source.unreadable(path, "zip", error) from error


def _load(path: Path, name: str) -> Decoded:
    """Decode an entry in memory; no name in the archive ever becomes a path on the disk."""
    source.check_archived_name(name)
    info = archive(path).getinfo(name)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnusableError("link in the archive")
    if info.flag_bits & 1:
        raise UnusableError("encrypted")
    if info.compress_type not in _METHODS:
        raise UnusableError("compressed by a method other than deflate, bzip2 or LZMA")
    source.check_size(info.file_size)
    try:
        data = _read(path, info)
    except _DAMAGES as error:
        raise UnusableError(DAMAGED_IN_ARCHIVE) from error
    return decode(data)


def _read(path: Path, info: zipfile.ZipInfo) -> bytes:
    """Return the data of an entry, at most the announced bytes, whose checksum is verified."""
    if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with archive(path).open(info) as file:
            return file.read(info.file_size)
    # zipfile sets no limit to what bzip2 and LZMA unpack, so it returns the packed bytes here.
    source.check_size(info.compress_size)
    stored = copy.copy(info)
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, info.compress_size
    stored.CRC = None
    packed = archive(path).read(stored)
    decompressor = bz2.BZ2Decompressor()
    if info.compress_type == zipfile.ZIP_LZMA:
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_ALONE, _MAX_LZMA_BYTES)
        # A zip has a version and a size before the properties, an .lzma file the length after them;
        # that of these bytes is unknown.
        packed = packed[4:9] + b"\xff" * 8 + packed[9:]
    data = decompressor.decompress(packed, max_length=info.file_size)
    if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
        raise ValueError("checksum")
    return data
