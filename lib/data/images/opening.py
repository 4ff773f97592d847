"""What a path leads to: a folder, an archive, an array or one image, told by its first bytes."""

import functools
import re
import stat
import zipfile
from pathlib import Path, PurePath

from lib.data.images import arrays, source, tars, zips
from lib.data.images.decoding import Decoded, decode
from lib.data.images.listing import MAX_ENTRIES, listed
from lib.data.images.source import Source
from lib.data.images.unusable import UnusableError
from lib.system.errors import UserError
from lib.system.paths import display

ACCEPTED = "a folder, a zip or tar archive, or a .npy or .npz of images"
_FIRST_BYTES = 1024
_IMAGE = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|II\*\0|MM\0\*|P[1-6]\s|BM.{4}\0{4}|RIFF.{4}WEBP"
    rb"|.{4}ftyp(avif|avis|mif1|msf1|heic|heix|heim|heis|hevc)",
    re.DOTALL,
)
# A compressed file may only be a tar archive.
_TAR = re.compile(rb"\x1f\x8b|BZh|.{257}ustar", re.DOTALL)
# What people give instead, and what to do.
_UNPACK = f"unpack it and give the folder, or give {ACCEPTED}"
_SAVE = "save its images as an array: numpy.save('images.npy', images)"
_FOREIGN = {
    rb"7z\xbc\xaf\x27\x1c": ("a 7z archive", _UNPACK),
    rb"Rar!": ("a RAR archive", _UNPACK),
    rb"\xfd7zXZ": ("an xz file", _UNPACK),
    rb"\x28\xb5\x2f\xfd": ("a Zstandard file", _UNPACK),
    rb"%PDF": ("a PDF document", f"save its images and give {ACCEPTED}"),
    rb"\x89HDF": ("an HDF5 file", _SAVE),
    rb"\x80\x04": ("a pickle", _SAVE),
    rb"(?s:....ftyp|RIFF....AVI |\x1aE\xdf\xa3)": (
        "a video",
        f"save its frames as images and give {ACCEPTED}",
    ),
    rb"(\xef\xbb\xbf)?\s*<(?i:!doctype\s+html|html)": (
        "an HTML page, probably the answer to a download that failed",
        "download the file again",
    ),
}


def opened(path: Path) -> Source:
    """Return the images at `path`. Raises UserError, which says what it is, if there are none."""
    if not path.exists():
        raise UserError(f"{display(path)} does not exist; give {ACCEPTED}")
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise UserError(f"{display(path)} is no file; give {ACCEPTED}")
    try:
        with open(path, "rb") as file:
            first = file.read(_FIRST_BYTES)
    except OSError as error:
        raise UserError(
            f"{display(path)} cannot be read: {error.strerror or error}; make it readable"
        ) from error
    if first.startswith(b"\x93NUMPY") or path.suffix.lower() == ".npy":
        return arrays.npy_images(path)
    if first.startswith(b"PK") or path.suffix.lower() == ".npz":
        return _zip(path)
    if _IMAGE.match(first):
        return _single(path)
    for pattern, (kind, advice) in _FOREIGN.items():
        if re.match(pattern, first):
            raise UserError(f"{display(path)} is {kind}; {advice}")
    if _TAR.match(first) or path.suffix.lower() == ".tar":
        return tars.images(path)
    if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        return _zip(path)
    raise UserError(
        f"{display(path)} is neither an image, nor an archive or array of images; give {ACCEPTED}"
    )


def _zip(path: Path) -> Source:
    names = [name for name in zips.archive(path).namelist() if not name.endswith("/")]
    is_npz = path.suffix.lower() == ".npz" or (names and all(n.endswith(".npy") for n in names))
    return arrays.npz_images(path) if is_npz else zips.images(path)


def _folder(path: Path) -> Source:
    """Return the images in a folder, its sub-folders, and where its links lead."""
    listing = listed(path, MAX_ENTRIES)
    source.check_count(path, len(listing.files))
    load = functools.partial(load_image, path.resolve())
    return source.of_names(listing.files, load, skipped=listing.skipped)


def _single(path: Path) -> Source:
    """Return the one image that is a file."""
    load = functools.partial(load_image, path.parent.resolve())
    return source.of_names([path.name], load, is_single=True)


def load_image(root: Path, name: str) -> Decoded:
    """Decode the image file `name` in the folder `root`; raises UnusableError if it is none."""
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
