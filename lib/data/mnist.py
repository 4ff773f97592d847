"""The user's own copy of MNIST: found by the names that it has elsewhere, known by its content.

Nothing is imported that takes time: finding everything already prepared costs next to nothing.
"""

import gzip
import hashlib
import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.data.download.remote_files import MNIST, RemoteFile
from lib.system.errors import UserError
from lib.system.paths import display

_MAX_DEPTH = 3
_MAX_FILES = 10_000
# As Keras ships it: one file with these arrays.
_NPZ_ARRAYS = {
    "train_images": "x_train",
    "train_labels": "y_train",
    "test_images": "x_test",
    "test_labels": "y_test",
}
_NPZ_NAME = "mnist.npz"
# Such as train-images-idx3-ubyte, train-images.idx3-ubyte or test_labels, packed or not.
_USUAL_NAME = re.compile(r"(train|t10k|test)[-_. ]?(image|label)s?(?![a-z]).*", re.IGNORECASE)
_MAX_NPY_HEADER_BYTES = 4096


@dataclass(frozen=True)
class IdxFile:
    """One of MNIST's four files, and what its content must be once unpacked."""

    packed: RemoteFile
    unpacked_size: int
    unpacked_sha256: str

    @property
    def unpacked_name(self) -> str:
        """The name without `.gz`."""
        return self.packed.name.removesuffix(".gz")


IDX_FILES = {
    "train_images": IdxFile(
        MNIST["train-images-idx3-ubyte.gz"],
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train_labels": IdxFile(
        MNIST["train-labels-idx1-ubyte.gz"],
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "test_images": IdxFile(
        MNIST["t10k-images-idx3-ubyte.gz"],
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "test_labels": IdxFile(
        MNIST["t10k-labels-idx1-ubyte.gz"],
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


def find(source: Path) -> dict[str, Path]:
    """Return the file of each array in the user's folder, or in one below it; or one .npz for all.

    Only names are looked at, not contents. Raises UserError if a file is missing.
    """
    if source.is_file() and source.suffix.lower() == ".npz":
        return dict.fromkeys(IDX_FILES, source)
    by_name = {array: _published(source, file) for array, file in IDX_FILES.items()}
    if None not in by_name.values():
        return by_name
    found: dict[str, Path] = {}
    for path in _files(source) if source.is_dir() else ():
        if path.name.lower() == _NPZ_NAME:
            return dict.fromkeys(IDX_FILES, path)
        if (array := _array(path.name)) and path.suffix != ".npy":
            found.setdefault(array, path)
    found |= {array: path for array, path in by_name.items() if path}
    for array, file in IDX_FILES.items():
        if array not in found:
            raise UserError(
                f"{display(source)} holds no {file.packed.name} (nor {file.unpacked_name}, nor "
                f"{_NPZ_NAME}); give a folder with the four files of MNIST, or {_NPZ_NAME}"
            )
    return {array: found[array] for array in IDX_FILES}


def _published(source: Path, file: IdxFile) -> Path | None:
    candidates = [source / file.packed.name, source / file.unpacked_name]
    return next((path for path in candidates if path.is_file()), None)


def _array(name: str) -> str | None:
    """Return which array a file of this name holds, None if it is none of the usual names."""
    match = _USUAL_NAME.fullmatch(name)
    if match is None:
        return None
    return f"{'train' if match[1].lower() == 'train' else 'test'}_{match[2].lower()}s"


def _files(source: Path) -> Iterator[Path]:
    """Yield the files in a folder and the folders below it, sorted, the nearest first."""
    level, count = [source], 0
    for _ in range(_MAX_DEPTH):
        below = []
        for folder in level:
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda each: each.name):
                    count += 1
                    if count > _MAX_FILES:
                        return
                    if entry.is_dir():
                        below.append(Path(entry.path))
                    elif entry.is_file():
                        yield Path(entry.path)
        level = below


def verified(path: Path, array: str) -> bytes:
    """Return the content of the unpacked IDX file of an array, from `path`.

    Raises UserError if that is not MNIST's, and OSError.
    """
    file = IDX_FILES[array]
    try:
        if path.suffix.lower() == ".npz":
            content = _of_npz(path, array, file.unpacked_size)
        else:
            content = _of_idx(path, file.unpacked_size)
    except (EOFError, ValueError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError):
        content = b""
    if hashlib.sha256(content).hexdigest() != file.unpacked_sha256:
        name = f"{path.name}'s {_NPZ_ARRAYS[array]}" if path.suffix.lower() == ".npz" else path.name
        raise UserError(
            f"{display(path)} is not MNIST's {name} (size or SHA-256 differs); "
            "replace it by the published file"
        )
    return content


def _of_idx(path: Path, size: int) -> bytes:
    """Return at most one byte more than `size` of a file, unpacked if it is packed."""
    with open(path, "rb") as file:
        if file.read(2) != b"\x1f\x8b":
            file.seek(0)
            return file.read(size + 1)
        file.seek(0)
        with gzip.open(file) as unpacked:
            return unpacked.read(size + 1)


def _of_npz(path: Path, array: str, size: int) -> bytes:
    """Return an array of an .npz, written as an IDX file."""
    import numpy as np

    with zipfile.ZipFile(path) as archive:
        try:
            with archive.open(f"{_NPZ_ARRAYS[array]}.npy") as file:
                content = file.read(size + _MAX_NPY_HEADER_BYTES)
        except KeyError as error:
            raise ValueError("no such array") from error
    values = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    if values.dtype != np.uint8:
        raise ValueError("no bytes")
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    return header + np.ascontiguousarray(values).tobytes()
