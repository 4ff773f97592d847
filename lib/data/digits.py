"""Handwritten digits of 28x28 pixels: MNIST, or synthetic digits if it cannot be downloaded.

MNIST: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition"
(1998). Heavy imports are inside the functions, so that finding everything already prepared costs
next to nothing.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lib.data import prepared
from lib.data.download.remote_files import MNIST, MNIST_MIRRORS, RemoteFile
from lib.system import paths
from lib.system.errors import UserError
from lib.system.files import replaced, sha256
from lib.system.paths import display

if TYPE_CHECKING:
    import numpy as np

SIDE = 28  # pixels
FOLDER = paths.DATA / "digits"
MNIST_NAME = "MNIST"
SYNTHETIC_NAME = "scikit-learn digits (stand-in)"


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
KIND = prepared.Kind("digits", "MNIST", "DIGITS=<folder with MNIST's four files>", tuple(IDX_FILES))


@dataclass(frozen=True)
class Digits:
    """Images uint8 (count, 28, 28), 0 black to 255 white; labels uint8 (count,), 0 to 9.

    The arrays are read-only and mapped from the disk. `provenance` says where they come from.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    provenance: dict


def load(folder: Path = FOLDER) -> Digits:
    """Map the prepared digits; raises UserError if there are none or they cannot be read."""
    arrays, facts = prepared.load(KIND, folder)
    return Digits(**arrays, provenance=facts)


def prepare(mode: str, source: Path | None, folder: Path = FOLDER) -> dict:
    """Put the digits into `folder` as memory-mappable arrays and return their provenance.

    `source` is a folder with MNIST's four files (.gz or unpacked), or None. See
    `prepared.prepare` for `mode` and for what is kept.

    Raises UserError for an unknown mode, a missing or corrupted file, a failed download (Offline in
    mode "real") or an unwritable folder.
    """
    return prepared.prepare(
        KIND,
        folder,
        mode,
        given=None if source is None else _given(source),
        real=partial(_build_downloaded, folder.parent / "downloads"),
        synthetic=_build_synthetic,
    )


def _given(source: Path) -> prepared.Given:
    try:
        found = _find(source)
        stats = {path.name: path.stat() for path in found.values()}
    except OSError as error:
        raise _unreadable(source, error) from error
    state = {
        "folder": str(found["train_images"].parent.resolve()),
        "files": {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()},
    }
    return prepared.Given(state, partial(_build_mnist, found, "given folder"))


def _find(source: Path) -> dict[str, Path]:
    """Return the file of each array in the user's folder, packed or not."""
    found = {}
    for array, file in IDX_FILES.items():
        candidates = [source / file.packed.name, source / file.unpacked_name]
        found[array] = next((path for path in candidates if path.is_file()), None)
        if found[array] is None:
            raise UserError(
                f"{display(source)} holds no {file.packed.name} (nor {file.unpacked_name}); "
                "give a folder with the four files of MNIST"
            )
    return found


def _build_downloaded(downloads: Path, folder: Path) -> tuple[int, dict]:
    from lib.data.download.fetch import fetch

    found = {array: fetch(file.packed, downloads) for array, file in IDX_FILES.items()}
    source = f"downloaded from {MNIST_MIRRORS[0]} or a mirror with the same checksums"
    return _build_mnist(found, source, folder)


def _build_mnist(found: dict[str, Path], source: str, folder: Path) -> tuple[int, dict]:
    from lib.data.idx import parse_idx

    arrays = {name: parse_idx(_verified(path, IDX_FILES[name])) for name, path in found.items()}
    return _write(
        folder,
        arrays,
        name=MNIST_NAME,
        source=source,
        files={path.name: sha256(path) for path in found.values()},
        converted="the bytes of the IDX files, unchanged",
    )


def _build_synthetic(folder: Path) -> tuple[int, dict]:
    from lib.data.synthetic.digits import CONVERTED, enlarged_digits

    return _write(
        folder,
        enlarged_digits(),
        name=SYNTHETIC_NAME,
        source="built in",
        files={},
        converted=CONVERTED,
    )


def _verified(path: Path, file: IdxFile) -> bytes:
    """Return the unpacked content of `path`, or raise UserError if it is not MNIST's."""
    is_packed = path.suffix == ".gz"
    size = file.packed.size if is_packed else file.unpacked_size
    digest = file.packed.sha256 if is_packed else file.unpacked_sha256
    try:
        content = path.read_bytes() if path.stat().st_size == size else b""
    except OSError as error:
        raise _unreadable(path, error) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise UserError(
            f"{display(path)} is not MNIST's {path.name} (size or SHA-256 differs); "
            "replace it by the published file"
        )
    return gzip.decompress(content) if is_packed else content


def _unreadable(path: Path, error: OSError) -> UserError:
    return UserError(f"{display(path)} cannot be read: {error.strerror or error}; make it readable")


def _write(folder: Path, arrays: dict[str, np.ndarray], **facts: object) -> tuple[int, dict]:
    """Write the arrays into `folder`; return how many images there are, and the provenance."""
    import numpy as np

    fingerprint = hashlib.sha256()
    for name in IDX_FILES:
        values = np.ascontiguousarray(arrays[name])
        fingerprint.update(values)
        with replaced(folder / f"{name}.npy") as temporary:
            np.save(temporary, values, allow_pickle=False)
    counts = {split: len(arrays[f"{split}_labels"]) for split in ("train", "test")}
    facts = {**facts, "counts": counts, "fingerprint": fingerprint.hexdigest()}
    return sum(counts.values()), facts
