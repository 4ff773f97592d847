"""Images in a tar archive, plain or compressed. Nothing is unpacked to the disk."""

import bz2
import functools
import gzip
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lib.data.images import source
from lib.data.images.decoding import Decoded, decode
from lib.data.images.source import Entry, Source
from lib.data.images.unusable import DAMAGED_IN_ARCHIVE, UnusableError
from lib.system.errors import UserError
from lib.system.paths import display

_OPENERS = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open}
# Images hardly compress, so an archive that unpacks to more is no archive of images.
_MAX_RATIO, _FREE_BYTES = 100, 1 << 30
_MAX_HEADER_BYTES = 1 << 20


def images(path: Path) -> Source:
    """Return the images in a tar archive.

    A compressed archive is read twice or more, from its beginning: for the names, and for images in
    the order in which the archive has them.
    """
    skipped, members = [], {}
    for count, member in enumerate(_members(path, None)):
        source.check_count(path, count + 1)
        if member.isdir():
            continue
        reason = _reason(member)
        if reason is None and member.name in members:
            skipped.append((member.name, "duplicate name"))
        if reason is None:
            # As when unpacking, the last entry of a name counts.
            members[member.name] = (count, member.offset_data, member.size)
        else:
            skipped.append((member.name, reason))
    names = sorted(members)
    if _opener(path) is None:

        def loader(index: int) -> source.Load:
            _, offset, size = members[names[index]]
            return functools.partial(_load, path, offset, size)

        return source.of_loaders(names, loader, skipped=skipped)
    index_of = {members[name][0]: index for index, name in enumerate(names)}

    def entries(first: int, last: int) -> Iterator[Entry]:
        left = max(last - first, 0)
        with _file(path) as file:
            for count, member in enumerate(_members(path, file)):
                index = index_of.get(count, -1)
                if first <= index < last:
                    yield _entry(index, file, member)
                    left -= 1
                    if left == 0:
                        return
        raise UserError(f"{display(path)} changed while it was read; give it again")

    return Source(names, entries, skipped=skipped)


def _reason(member: tarfile.TarInfo) -> str | None:
    """Return why a member is none of the images, None if it may be one."""
    if member.issym() or member.islnk():
        return "link in the archive"
    if not member.isreg() or member.issparse():
        return "not a plain file"
    try:
        source.check_archived_name(member.name)
        source.check_size(member.size)
    except UnusableError as error:
        return str(error)
    return None


def _entry(index: int, file: "_Unpacked", member: tarfile.TarInfo) -> Entry:
    file.seek(member.offset_data)
    data = file.read_data(member.size)
    return Entry(index, functools.partial(_decode, data, member.size), len(data))


def _load(path: Path, offset: int, size: int) -> Decoded:
    """Decode a member in memory; no name in the archive ever becomes a path on the disk."""
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            data = file.read(size)
    except OSError as error:
        raise UnusableError(DAMAGED_IN_ARCHIVE) from error
    return _decode(data, size)


def _decode(data: bytes, size: int) -> Decoded:
    if len(data) < size:
        raise UnusableError(DAMAGED_IN_ARCHIVE)
    return decode(data)


def _members(path: Path, opened: "_Unpacked | None") -> Iterator[tarfile.TarInfo]:
    """Yield the members of an archive. Raises UserError if it is damaged, or no tar archive."""
    try:
        with opened or _file(path) as file, tarfile.open(fileobj=file, mode="r:") as archive:
            while (member := archive.next()) is not None:
                yield member
                archive.members.clear()  # which would keep them all
            if file.last_block.strip(b"\0"):  # tarfile takes anything invalid for the end
                raise tarfile.ReadError("invalid header")
    except (UserError, GeneratorExit, MemoryError):
        raise
    except Exception as error:  # tarfile and zlib raise errors of many types on damaged bytes
        raise UserError(
            f"{display(path)} cannot be read as a tar archive ({error}); "
            "give a folder, a whole zip or tar archive, or a .npy or .npz of images"
        ) from error


def _opener(path: Path) -> object:
    with open(path, "rb") as file:
        return _OPENERS.get(file.read(2))


def _file(path: Path) -> "_Unpacked":
    opener = _opener(path) or open
    return _Unpacked(opener(path, "rb"), _MAX_RATIO * os.path.getsize(path) + _FREE_BYTES)


class _Unpacked:
    """The unpacked bytes of an archive; what a header announces cannot take all memory or time."""

    def __init__(self, file: BinaryIO, limit: int):
        self._file, self._limit = file, limit
        self.last_block = b""

    def __enter__(self) -> "_Unpacked":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """Read a header, or a part of one."""
        if not 0 <= size <= _MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header announces too many bytes")
        self.last_block = self._file.read(size)
        return self.last_block

    def read_data(self, size: int) -> bytes:
        """Read the data of a member."""
        return self._file.read(size)

    def seek(self, offset: int) -> int:
        if offset > self._limit:
            raise tarfile.ReadError("it unpacks to far more bytes than images do")
        return self._file.seek(offset)

    def tell(self) -> int:
        return self._file.tell()
