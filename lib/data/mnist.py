"""The user's own copy of MNIST: found by the names that it has elsewhere, known by its content.

Nothing is imported that takes time: finding everything already prepared costs next to nothing.
"""

import contextlib
import gzip
import hashlib
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lib.data.download.remote_files import MNIST, RemoteFile
from lib.data.images.listing import listed
from lib.system.errors import UserError
from lib.system.paths import display

_MAX_FILES = 10_000
_NPZ_NAME = "mnist.npz"  # as Keras ships it: one file with all arrays
# Such as train-images-idx3-ubyte, train-images.idx3-ubyte or test_labels, packed or not.
_USUAL_NAME = re.compile(r"(train|t10k|test)[-_. ]?(image|label)s?(?![a-z]).*", re.IGNORECASE)
_DAMAGES = (
    *(EOFError, KeyError, RuntimeError, ValueError),
    *(zlib.error, gzip.BadGzipFile, zipfile.BadZipFile),
)
_MAX_HEADER_BYTES = 4096  # of an IDX or .npy file


@dataclass(frozen=True)
class MnistArray:
    """One of MNIST's four arrays, uint8: its published file, and its name in Keras' mnist.npz.

    `sha256` is that of its bytes, which follow a short header in every file.
    """

    file: RemoteFile
    name_in_npz: str
    shape: tuple[int, ...]
    sha256: str


ARRAYS = {
    "train_images": MnistArray(
        MNIST["train-images-idx3-ubyte.gz"],
        "x_train",
        (60_000, 28, 28),
        "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    ),
    "train_labels": MnistArray(
        MNIST["train-labels-idx1-ubyte.gz"],
        "y_train",
        (60_000,),
        "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    ),
    "test_images": MnistArray(
        MNIST["t10k-images-idx3-ubyte.gz"],
        "x_test",
        (10_000, 28, 28),
        "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    ),
    "test_labels": MnistArray(
        MNIST["t10k-labels-idx1-ubyte.gz"],
        "y_test",
        (10_000,),
        "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
}


def find(source: Path) -> dict[str, Path]:
    """Return the file of each array in the user's folder, or in one below it; or one .npz for all.

    Only names are looked at, not contents; published names and the nearest folder come first.
    Raises UserError if a file is missing.
    """
    if source.is_file() and source.suffix.lower() == ".npz":
        return dict.fromkeys(ARRAYS, source)
    published = {array.file.name for array in ARRAYS.values()}
    paths = [source / name for name in listed(source, _MAX_FILES).files]
    found: dict[str, Path] = {}
    for path in sorted(paths, key=lambda path: (path.name not in published, len(path.parts))):
        if path.name.lower() == _NPZ_NAME:
            found.setdefault(_NPZ_NAME, path)
        elif (match := _USUAL_NAME.fullmatch(path.name)) and path.suffix != ".npy":
            split = "train" if match[1].lower() == "train" else "test"
            found.setdefault(f"{split}_{match[2].lower()}s", path)
    missing = [array.file.name for name, array in ARRAYS.items() if name not in found]
    if not missing:
        return {name: found[name] for name in ARRAYS}
    if _NPZ_NAME in found:
        return dict.fromkeys(ARRAYS, found[_NPZ_NAME])
    raise UserError(
        f"{display(source)} holds no {missing[0]} (nor {missing[0].removesuffix('.gz')}, nor "
        f"{_NPZ_NAME}); give a folder with the four files of MNIST, or {_NPZ_NAME}"
    )


def read(path: Path, name: str) -> bytes:
    """Return the bytes of an array, one of ARRAYS, from an IDX file, packed or not, or an .npz.

    Raises UserError if they are not MNIST's, or if the file cannot be read.
    """
    array = ARRAYS[name]
    size = math.prod(array.shape)
    try:
        with _opened(path, array) as file:
            content = file.read(_MAX_HEADER_BYTES + size)
    except _DAMAGES:
        content = b""
    except OSError as error:
        raise UserError(
            f"{display(path)} cannot be read: {error.strerror or error}; make it readable"
        ) from error
    values = content[-size:]
    if hashlib.sha256(values).hexdigest() != array.sha256:
        inside = f"'s {array.name_in_npz}" if path.suffix.lower() == ".npz" else ""
        raise UserError(
            f"{display(path)} is not MNIST's {path.name}{inside} (size or SHA-256 differs); "
            "replace it by the published file"
        )
    return values


@contextlib.contextmanager
def _opened(path: Path, array: MnistArray) -> Iterator[BinaryIO]:
    """Open the unpacked file of an array."""
    if path.suffix.lower() == ".npz":
        with zipfile.ZipFile(path) as archive, archive.open(f"{array.name_in_npz}.npy") as file:
            yield file
        return
    with open(path, "rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        with gzip.open(file) if is_packed else contextlib.nullcontext(file) as unpacked:
            yield unpacked
