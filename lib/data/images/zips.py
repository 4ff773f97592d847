"""Images in a zip archive. Nothing is unpacked to the disk."""

import bz2
import functools
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from lib.data.images import source
from lib.data.images.decoding import Decoded, decode
from lib.data.images.source import Source
from lib.data.images.unusable import DAMAGED_IN_ARCHIVE, UnusableError
from lib.system.errors import UserError
from lib.system.paths import display

_LOCAL_HEADER = struct.Struct("<26xHH")  # the lengths of the name and of the extra field
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, RuntimeError, ValueError),
)
_MAX_DICTIONARY_BYTES = 64 << 20  # LZMA's memory


def images(path: Path) -> Source:
    """Return the images in a zip archive."""
    infos = [info for info in archive(path).infolist() if not info.filename.endswith("/")]
    source.check_count(path, len(infos))
    # As when unpacking, the last entry of a name counts.
    by_name = {info.filename: info for info in infos}
    repeated = [
        (info.filename, "duplicate name") for info in infos if by_name[info.filename] != info
    ]
    names = sorted(by_name)

    def loader(index: int) -> source.Load:
        return functools.partial(_load, path, by_name[names[index]])

    return source.of_loaders(names, loader, skipped=repeated)


@functools.lru_cache(maxsize=1)
def archive(path: Path) -> zipfile.ZipFile:
    """Open an archive, once in each process that reads from it. Raises UserError if it is none."""
    try:
        return zipfile.ZipFile(path)
    except Exception as error:  # zipfile raises errors of many types on damaged bytes
        raise UserError(
            f"{display(path)} cannot be read as a zip archive ({error}); "
            "give a folder, a whole zip or tar archive, or a .npy or .npz of images"
        ) from error


def data_offset(path: Path, info: zipfile.ZipInfo) -> int:
    """Return where the data of an entry begin in the archive. Raises ValueError if damaged."""
    with open(path, "rb") as file:
        file.seek(info.header_offset)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise ValueError("no header")
    return info.header_offset + _LOCAL_HEADER.size + sum(_LOCAL_HEADER.unpack(header))


def _load(path: Path, info: zipfile.ZipInfo) -> Decoded:
    """Decode an entry in memory; no name in the archive ever becomes a path on the disk."""
    source.check_archived_name(info.filename)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnusableError("link in the archive")
    if info.flag_bits & 1:
        raise UnusableError("encrypted")
    if info.compress_type not in _READERS:
        raise UnusableError("compressed by a method other than deflate, bzip2 or LZMA")
    source.check_size(info.file_size)
    try:
        data = _READERS[info.compress_type](path, info)
    except _DAMAGES as error:
        raise UnusableError(DAMAGED_IN_ARCHIVE) from error
    return decode(data)


def _read(path: Path, info: zipfile.ZipInfo) -> bytes:
    # At most the announced bytes come out; if the entry has more, its checksum is wrong.
    with archive(path).open(info) as file:
        return file.read(info.file_size)


def _read_bzip2(path: Path, info: zipfile.ZipInfo) -> bytes:
    return _decompressed(path, info, 0, lambda _: bz2.BZ2Decompressor())


def _read_lzma(path: Path, info: zipfile.ZipInfo) -> bytes:
    return _decompressed(path, info, 9, _lzma_decompressor)


def _lzma_decompressor(header: bytes) -> lzma.LZMADecompressor:
    """Return what decompresses an entry with this header: version, size (5), properties."""
    size, packed, dictionary = struct.unpack("<2xHBI", header)
    if size != 5 or packed >= 9 * 5 * 5 or dictionary > _MAX_DICTIONARY_BYTES:
        raise ValueError("invalid properties")
    rest, lc = divmod(packed, 9)
    pb, lp = divmod(rest, 5)
    properties = {"lc": lc, "lp": lp, "pb": pb, "dict_size": dictionary}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, **properties}])


def _decompressed(
    path: Path,
    info: zipfile.ZipInfo,
    header_bytes: int,
    decompressor: Callable[[bytes], bz2.BZ2Decompressor | lzma.LZMADecompressor],
) -> bytes:
    """Return at most the announced bytes of an entry; zipfile itself sets no limit here."""
    if info.compress_size > source.MAX_ENTRY_BYTES:
        raise ValueError("too many bytes")
    with open(path, "rb") as file:
        file.seek(data_offset(path, info))
        packed = file.read(info.compress_size)
    data = decompressor(packed[:header_bytes]).decompress(
        packed[header_bytes:], max_length=info.file_size
    )
    if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
        raise ValueError("checksum")
    return data


_READERS = {
    zipfile.ZIP_STORED: _read,
    zipfile.ZIP_DEFLATED: _read,
    zipfile.ZIP_BZIP2: _read_bzip2,
    zipfile.ZIP_LZMA: _read_lzma,
}
