"""Images given by the user: a folder, a zip archive or a .npy array."""

import contextlib
import functools
import os
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

import numpy as np
from PIL import Image

from lib.data.images import MAX_PIXELS, TOO_LARGE, UnusableError, decode, resize
from lib.data.workers import in_processes
from lib.system.errors import UserError
from lib.system.paths import display

MAX_ENTRIES = 1_000_000
MAX_ENTRY_BYTES = 64 << 20
BATCH = 250
ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"}
SYSTEM_NAMES = {"__macosx", "thumbs.db", "desktop.ini"}

# Returns one image, in Pillow's mode RGB, or raises UnusableError.
Load = Callable[[], Image.Image]


@dataclass(frozen=True)
class Source:
    """A loader for each entry, ordered by name; how many others were skipped, and why."""

    loaders: list[Load]
    skipped: Counter[str]


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open the images at `path`: a folder, a zip archive or a .npy array.

    An array is uint8, or floating with values in [0, 1], of shape (count, height, width, 3), or
    (count, height, width) for grey; its order is kept. Raises UserError if there is nothing, or
    nothing of these three kinds.
    """
    if not path.exists():
        raise UserError(f"{display(path)} does not exist; give a folder, a zip or a .npy of images")
    kind = _folder if path.is_dir() else _array if path.suffix.lower() == ".npy" else _zip
    try:
        yield kind(path)
    finally:
        _archive.cache_clear()
        _mapped.cache_clear()


@dataclass(frozen=True)
class Resized:
    """An image as uint8 (64, 64, 3), and the width and height that it had."""

    pixels: np.ndarray
    size: tuple[int, int]


def resized(loaders: Sequence[Load]) -> Iterator[Resized | str]:
    """Return each image resized, or the reason why it is unusable, in order."""
    return in_processes(_resized_batch, loaders, BATCH)


def _resized_batch(loaders: Sequence[Load]) -> list[Resized | str]:
    return [_resized(load) for load in loaders]


def _resized(load: Load) -> Resized | str:
    try:
        image = load()
    except UnusableError as error:
        return str(error)
    return Resized(resize(image), image.size)


def _folder(folder: Path) -> Source:
    named, skipped = [], Counter()
    root = folder.resolve()

    def count_failure(_: OSError) -> None:
        skipped["folder that cannot be opened"] += 1

    for place, folders, files in os.walk(root, onerror=count_failure):
        skipped["link to a folder"] += sum(Path(place, name).is_symlink() for name in folders)
        folders[:] = [name for name in folders if not _is_hidden(name)]
        for name in files:
            path = Path(place, name)
            load = functools.partial(_load_file, path, root)
            named.append((path.relative_to(root).as_posix(), load))
        _check_count(folder, len(named))
    return Source([load for _, load in sorted(named, key=lambda pair: pair[0])], +skipped)


def _load_file(path: Path, root: Path) -> Image.Image:
    _check_name(path.relative_to(root))
    try:
        if path.is_symlink() and not path.resolve(strict=True).is_relative_to(root):
            raise UnusableError("link out of the folder")
        # Anything but a plain file, a pipe above all, may never end.
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise UnusableError("not a plain file")
        _check_size(state.st_size)
        with open(path, "rb") as file:
            return decode(file.read(MAX_ENTRY_BYTES))
    except (OSError, RuntimeError) as error:
        raise UnusableError("file that cannot be opened") from error


@functools.lru_cache(maxsize=1)
def _archive(path: Path) -> zipfile.ZipFile:
    """Open an archive, once in each process that reads images from it."""
    try:
        return zipfile.ZipFile(path)
    except Exception as error:  # zipfile raises errors of many types on damaged bytes
        raise UserError(
            f"{display(path)} cannot be read as a zip archive ({error}); "
            "give a folder, a whole zip or a .npy of images"
        ) from error


def _zip(path: Path) -> Source:
    infos = [info for info in _archive(path).infolist() if not info.filename.endswith("/")]
    _check_count(path, len(infos))
    # As when unpacking, the last entry of a name counts.
    by_name = {info.filename: info for info in infos}
    loaders = [functools.partial(_load_zipped, path, by_name[name]) for name in sorted(by_name)]
    return Source(loaders, +Counter({"duplicate name": len(infos) - len(by_name)}))


def _load_zipped(path: Path, info: zipfile.ZipInfo) -> Image.Image:
    """Decode an entry in memory; no name in the archive ever becomes a path on the disk."""
    name = PurePosixPath(info.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or re.match("[A-Za-z]:", info.filename):
        raise UnusableError("name that points out of the archive")
    _check_name(name)
    if info.flag_bits & 1:
        raise UnusableError("encrypted")
    # Python's other decompressors cannot limit how much they return at once.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnusableError("compressed by a method other than deflate")
    _check_size(info.file_size)
    try:
        # At most the announced bytes come out; if the entry has more, its checksum is wrong.
        with _archive(path).open(info) as file:
            data = file.read(info.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise UnusableError("damaged in the archive") from error
    return decode(data)


def _array(path: Path) -> Source:
    indices = range(len(_mapped(path)))
    _check_count(path, len(indices))
    return Source([functools.partial(_load_element, path, index) for index in indices], Counter())


@functools.lru_cache(maxsize=1)
def _mapped(path: Path) -> np.ndarray:
    """Map an array of images, once in each process that reads from it."""
    try:
        images = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # numpy and zipfile raise errors of many types on damaged bytes
        raise UserError(
            f"{display(path)} is not a whole .npy array of numbers; save it again with numpy.save"
        ) from error
    if not isinstance(images, np.ndarray):
        raise UserError(f"{display(path)} is an .npz; save one array with numpy.save")
    is_image_shaped = images.ndim == 3 or (images.ndim == 4 and images.shape[3] == 3)
    if not is_image_shaped or 0 in images.shape:
        raise UserError(
            f"{display(path)} has the shape {images.shape}; "
            "it must be (count, height, width, 3) or (count, height, width)"
        )
    if images.dtype != np.uint8 and images.dtype.kind != "f":
        raise UserError(
            f"{display(path)} holds {images.dtype}; it must hold uint8 in 0..255 "
            "or floating-point numbers in 0..1"
        )
    return images


def _load_element(path: Path, index: int) -> Image.Image:
    pixels = _mapped(path)[index]
    if pixels.shape[0] * pixels.shape[1] > MAX_PIXELS:
        raise UnusableError(TOO_LARGE)
    if pixels.dtype != np.uint8:
        # A comparison with NaN is false.
        if not (pixels.min() >= 0 and pixels.max() <= 1):
            raise UnusableError("values outside 0..1 or not a number")
        pixels = np.rint(pixels.astype(np.float32) * 255).astype(np.uint8)
    return Image.fromarray(pixels).convert("RGB")


def _check_count(path: Path, count: int) -> None:
    if count > MAX_ENTRIES:
        raise UserError(f"{display(path)} holds more than {MAX_ENTRIES:,} entries; give fewer")


def _check_size(size: int) -> None:
    if size == 0:
        raise UnusableError("empty file")
    if size > MAX_ENTRY_BYTES:
        raise UnusableError(f"file larger than {MAX_ENTRY_BYTES >> 20} MiB")


def _check_name(path: PurePath) -> None:
    if any(_is_hidden(part) for part in path.parts):
        raise UnusableError("hidden or system file")
    if path.suffix.lower() in ARCHIVES:
        raise UnusableError("archive inside")


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM_NAMES
