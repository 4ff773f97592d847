"""Handwritten digits of 28x28 pixels: MNIST, or synthetic digits if it cannot be downloaded.

MNIST: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition"
(1998). Heavy imports are inside the functions, so that finding everything already prepared costs
next to nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lib.data import mnist, prepared
from lib.data.download.remote_files import MNIST_MIRRORS
from lib.system import paths
from lib.system.files import sha256

if TYPE_CHECKING:
    import numpy as np

SIDE = 28  # pixels
FOLDER = paths.DATA / "digits"
MNIST_NAME = "MNIST"
SYNTHETIC_NAME = "scikit-learn digits (stand-in)"
KIND = prepared.Kind(
    "digits", "MNIST", "DIGITS=<folder with MNIST's four files, or mnist.npz>", tuple(mnist.ARRAYS)
)


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

    `source` is a folder with MNIST's four files (.gz or unpacked), or Keras' mnist.npz, or None.
    See `prepared.prepare` for `mode` and for what is kept.

    Raises UserError for a missing or corrupted file, a failed download (Offline in mode "real") or
    an unwritable folder.
    """
    return prepared.prepare(
        KIND,
        folder,
        mode,
        given=None if source is None else _given(source),
        real=partial(_build_downloaded, folder.parent / "downloads"),
        synthetic=_build_synthetic,
    )


def holds(mode: str, source: Path | None, folder: Path = FOLDER) -> bool:
    """Return whether `folder` holds what `prepare` would put there."""
    return prepared.holds(KIND, folder, mode, None if source is None else _given(source))


def _given(source: Path) -> prepared.Given:
    found = mnist.find(source)
    stats = {path.name: path.stat() for path in found.values()}
    state = {
        "folder": str(found["train_images"].parent.resolve()),
        "files": {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()},
    }
    return prepared.Given(state, partial(_build_mnist, found, "given folder"))


def _build_downloaded(downloads: Path, folder: Path) -> tuple[int, dict]:
    from lib.data.download.fetch import fetch

    found = {name: fetch(array.file, downloads) for name, array in mnist.ARRAYS.items()}
    source = f"downloaded from {MNIST_MIRRORS[0]} or a mirror with the same checksums"
    return _build_mnist(found, source, folder)


def _build_mnist(found: dict[str, Path], source: str, folder: Path) -> tuple[int, dict]:
    import numpy as np

    arrays = {
        name: np.frombuffer(mnist.read(path, name), np.uint8).reshape(mnist.ARRAYS[name].shape)
        for name, path in found.items()
    }
    files = {path.name: sha256(path) for path in found.values()}
    converted = "the bytes of the IDX files, unchanged"
    return _write(folder, arrays, name=MNIST_NAME, source=source, files=files, converted=converted)


def _build_synthetic(folder: Path) -> tuple[int, dict]:
    from lib.data.synthetic.digits import CONVERTED, enlarged_digits

    facts = {"name": SYNTHETIC_NAME, "source": "built in", "files": {}, "converted": CONVERTED}
    return _write(folder, enlarged_digits(), **facts)


def _write(folder: Path, arrays: dict[str, np.ndarray], **facts: object) -> tuple[int, dict]:
    """Write the arrays into `folder`; return how many images there are, and the provenance."""
    import numpy as np

    fingerprint = hashlib.sha256()
    for name in KIND.arrays:
        fingerprint.update(arrays[name])
        np.save(folder / f"{name}.npy", arrays[name])
    counts = {split: len(arrays[f"{split}_labels"]) for split in ("train", "test")}
    facts |= {"counts": counts, "fingerprint": fingerprint.hexdigest()}
    return sum(counts.values()), facts
