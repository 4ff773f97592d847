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
from lib.data.images.unusable import DAMAGED_IN_ARCHIVE, DUPLICATE, UnusableError
from lib.system.errors import UserError
from lib.system.paths import display

_OPENERS = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open}
# Images hardly compress, so an archive that unpacks to more is no archive of images.
_MAX_RATIO, _FREE_BYTES = 100, 1 << 30
_MAX_HEADER_BYTES = 1 << 20


def images(path: Path) -> Source:
    """Return the images in a tar archive.

    It is read twice or more, from its beginning: for the names, and for images in the order in
    which the archive has them.
    """
    skipped, places = [], {}
    for place, (member, _) in enumerate(_members(path)):
        source.check_count(path, place + 1)
        if member.isdir():
            continue
        reason = _reason(member)
        if reason is None:
            # As when unpacking, the last entry of a name counts.
            reason = DUPLICATE if member.name in places else None
            places[member.name] = place
        if reason is not None:
            skipped.append((member.name, reason))
    names = sorted(places)
    index_of = {places[name]: index for index, name in enumerate(names)}

    def entries(first: int, last: int) -> Iterator[Entry]:
        left = last - first
        for place, (member, file) in enumerate(_members(path)):
            index = index_of.get(place, -1)
            if first <= index < last:
                data = file.read_data(member)
                yield Entry(index, functools.partial(_decode, data, member.size), len(data))
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


def _decode(data: bytes, size: int) -> Decoded:
    if len(data) < size:
        raise UnusableError(DAMAGED_IN_ARCHIVE)
    return decode(data)


class _Unpacked:
    """The unpacked bytes of an archive; what a header announces cannot take all memory or time."""

    def __init__(self, file: BinaryIO, limit: int):
        self._file, self._limit = file, limit
        self.tell = file.tell
        self.last_block = b""

    def read(self, size: int) -> bytes:
        """Read a header, or a part of one."""
        if not 0 <= size <= _MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header announces too many bytes")
        self.last_block = self._file.read(size)
        return self.last_block

    def read_data(self, member: tarfile.TarInfo) -> bytes:
        """Read the data of a member."""
        self.seek(member.offset_data)
        return self._file.read(member.size)

    def seek(self, offset: int) -> int:
        """Skip to an offset from the beginning."""
        if offset > self._limit:
            raise tarfile.ReadError("it unpacks to far more bytes than images do")
        return self._file.seek(offset)


def _members(path: Path) -> Iterator[tuple[tarfile.TarInfo, _Unpacked]]:
    """Yield the members of an archive, and the file to read their data from.

    Raises UserError if it is damaged, or no tar archive.
    """
    try:
        with open(path, "rb") as file:
            opener = _OPENERS.get(file.read(2), open)
        with opener(path, "rb") as raw:
            file = _Unpacked(raw, _MAX_RATIO * os.path.getsize(path) + _FREE_BYTES)
            with tarfile.open(fileobj=file, mode="r:") as archive:
                while (member := archive.next()) is not None:
                    yield member, file
                    archive.members.clear()  # which would keep them all
            if file.last_block.strip(b"\0"):  # tarfile takes anything invalid for the end
                raise tarfile.ReadError("invalid header")
    except MemoryError:
        raise
    except Exception as error:  # tarfile and zlib raise errors of many types on damaged bytes
        raise source.unreadable(path, "tar", error) from error
