"""What a path leads to: a folder, an archive, an array or one image, told by its first bytes."""

import re
import tarfile
import zipfile
from pathlib import Path

from lib.data.images import arrays, files, tars, zips
from lib.data.images.source import Source
from lib.system.errors import UserError
from lib.system.paths import display

ACCEPTED = "a folder, a zip or tar archive, or a .npy or .npz of images"
_FIRST_BYTES = 1024
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*")
_IMAGE_BRANDS = {b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc"}
# What people give instead, and what to do.
_UNPACK = f"unpack it and give the folder, or give {ACCEPTED}"
_FOREIGN = {
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", _UNPACK),
    b"Rar!": ("a RAR archive", _UNPACK),
    b"\xfd7zXZ": ("an xz file", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("a Zstandard file", _UNPACK),
    b"%PDF": ("a PDF document", f"save its images and give {ACCEPTED}"),
    b"\x89HDF": ("an HDF5 file", "save its images as an array: numpy.save('images.npy', images)"),
    b"\x1aE\xdf\xa3": ("a video", f"save its frames as images and give {ACCEPTED}"),
    b"\x80\x04": ("a pickle", "save its images as an array: numpy.save('images.npy', images)"),
}
_VIDEO = ("a video", f"save its frames as images and give {ACCEPTED}")
_PAGE = ("an HTML page, probably the answer to a download that failed", "download the file again")


def opened(path: Path) -> Source:
    """Return the images at `path`. Raises UserError, which says what it is, if there are none."""
    if not path.exists():
        raise UserError(f"{display(path)} does not exist; give {ACCEPTED}")
    if path.is_dir():
        return files.folder(path)
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
    if is_image(first):
        return files.single(path)
    if foreign := _foreign(first):
        raise UserError(f"{display(path)} is {foreign[0]}; {foreign[1]}")
    if _is_tar(path, first):
        return tars.images(path)
    if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        return _zip(path)
    raise UserError(
        f"{display(path)} is neither an image, nor an archive or array of images; give {ACCEPTED}"
    )


def is_image(first: bytes) -> bool:
    """Return whether a file that begins with these bytes is one image."""
    is_known = first.startswith(_IMAGES) or re.match(rb"P[1-6]\s", first) is not None
    is_bitmap = first.startswith(b"BM") and first[6:10] == bytes(4)
    is_webp = first.startswith(b"RIFF") and first[8:12] == b"WEBP"
    is_heif = first[4:8] == b"ftyp" and first[8:12] in _IMAGE_BRANDS
    return is_known or is_bitmap or is_webp or is_heif


def _foreign(first: bytes) -> tuple[str, str] | None:
    """Return what a file of a known, useless kind is, and what to do."""
    if first[4:8] == b"ftyp" or (first.startswith(b"RIFF") and first[8:12] == b"AVI "):
        return _VIDEO
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html)", first, re.IGNORECASE):
        return _PAGE
    return next((known for magic, known in _FOREIGN.items() if first.startswith(magic)), None)


def _is_tar(path: Path, first: bytes) -> bool:
    """Return whether a file is a tar archive, or compressed, as then only a tar archive may be."""
    if first.startswith((b"\x1f\x8b", b"BZh")) or path.suffix.lower() == ".tar":
        return True
    try:
        tarfile.TarInfo.frombuf(first[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _zip(path: Path) -> Source:
    names = [name for name in zips.archive(path).namelist() if not name.endswith("/")]
    is_npz = path.suffix.lower() == ".npz" or (names and all(n.endswith(".npy") for n in names))
    return arrays.npz_images(path) if is_npz else zips.images(path)
