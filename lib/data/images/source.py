"""What every source of images has in common: named entries, each of which loads an image."""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from lib.data.images.decoding import Decoded
from lib.data.images.listing import MAX_ENTRIES, is_hidden
from lib.data.images.unusable import HIDDEN, UnusableError
from lib.system.errors import UserError
from lib.system.paths import display

# Larger than the largest photo of a phone of 200 million pixels.
MAX_ENTRY_BYTES = 128 << 20
ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"}


class Entry(NamedTuple):
    """An entry's place in its source's names, how it is loaded, and the bytes that this holds.

    `load` returns an image, or raises UnusableError. It is pickled.
    """

    index: int
    load: Callable[[], Decoded]
    size: int = 0


@dataclass(frozen=True)
class Source:
    """The names of all entries in order, and a function that returns the entries first to last.

    The function may return them in another order. `skipped` are other names, with the reasons.
    `readings` say how an array is understood. `is_single`: the path is one image file.
    """

    names: Sequence[str]
    entries: Callable[[int, int], Iterator[Entry]]
    skipped: list[tuple[str, str]] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    is_single: bool = False


def of_names(names: Sequence[str], load: Callable[[str], Decoded], **facts: object) -> Source:
    """Return a source whose entries `load` loads by their names, in any process."""

    def entries(first: int, last: int) -> Iterator[Entry]:
        for index, name in enumerate(names[first:last], first):
            yield Entry(index, functools.partial(load, name))

    return Source(names, entries, **facts)


def check_count(path: Path, count: int) -> None:
    """Raise UserError if a source holds more entries than are ever read."""
    if count > MAX_ENTRIES:
        raise UserError(f"{display(path)} holds more than {MAX_ENTRIES:,} entries; give fewer")


def unreadable(path: Path, kind: str, error: Exception) -> UserError:
    """Return the error for an archive that is damaged, or none of its kind."""
    return UserError(
        f"{display(path)} cannot be read as a {kind} archive ({error}); "
        "give a folder, a whole zip or tar archive, or a .npy or .npz of images"
    )


def check_size(size: int) -> None:
    """Raise UnusableError for a file that cannot be an image."""
    if size == 0:
        raise UnusableError("empty file")
    if size > MAX_ENTRY_BYTES:
        raise UnusableError(f"file larger than {MAX_ENTRY_BYTES >> 20} MiB")


def check_name(path: PurePath) -> None:
    """Raise UnusableError for a file that is not meant to be an image."""
    if any(map(is_hidden, path.parts)):
        raise UnusableError(HIDDEN)
    if path.suffix.lower() in ARCHIVES:
        raise UnusableError("archive inside")


def check_archived_name(name: str) -> None:
    """As `check_name`; raise UnusableError also for a name that points out of its archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name):
        raise UnusableError("name that points out of the archive")
    check_name(path)
