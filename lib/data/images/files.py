"""Images in a folder, or in a single file."""

import functools
import stat
from pathlib import Path, PurePath

from lib.data.images import source
from lib.data.images.decoding import Decoded, decode
from lib.data.images.listing import MAX_ENTRIES, listed
from lib.data.images.source import Source
from lib.data.images.unusable import UnusableError


def folder(path: Path) -> Source:
    """Return the images in a folder, its sub-folders, and where its links lead."""
    listing = listed(path, MAX_ENTRIES)
    source.check_count(path, len(listing.files))
    load = functools.partial(_load, path.resolve())
    return source.of_names(listing.files, load, skipped=listing.skipped)


def single(path: Path) -> Source:
    """Return the one image that is a file."""
    load = functools.partial(_load, path.parent.resolve())
    return source.of_names([path.name], load, is_single=True)


def _load(root: Path, name: str) -> Decoded:
    source.check_name(PurePath(name))
    path = root / name
    try:
        # Anything but a plain file, a pipe above all, may never end.
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise UnusableError("not a plain file")
        source.check_size(state.st_size)
        with open(path, "rb") as file:
            data = file.read(source.MAX_ENTRY_BYTES)
    except (OSError, RuntimeError) as error:
        raise UnusableError("file that cannot be opened") from error
    return decode(data)
