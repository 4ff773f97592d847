"""Handwritten digits of 28x28 pixels: MNIST, or a stand-in where it cannot be had.

MNIST: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition"
(1998). The stand-in enlarges the 8x8 digits that come with scikit-learn (Alpaydin and Kaynak,
"Optical recognition of handwritten digits", UCI, 1998). Heavy imports are inside the functions, so
that finding everything already prepared costs next to nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import shutil
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lib import paths
from lib.data import provenance
from lib.data.fetch import MNIST, MNIST_MIRRORS, Offline, RemoteFile, fetch, locked
from lib.errors import UserError
from lib.files import replaced, sha256
from lib.paths import display

if TYPE_CHECKING:
    import numpy as np

FOLDER = paths.DATA / "digits"
MODES = ("auto", "builtin", "real")
MNIST_NAME = "MNIST"
STAND_IN_NAME = "scikit-learn digits (stand-in)"
STAND_IN_TRAINING = 1500
SIDE = 28
# MNIST's own layout: the digit fills about 20x20 pixels in the middle.
DIGIT_SIDE = 20


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


@dataclass(frozen=True)
class Digits:
    """Images uint8 (count, 28, 28), 0 black to 255 white; labels uint8 (count,), 0 to 9.

    The arrays are read-only and mapped from the disk. `provenance` tells what they are.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    provenance: dict


def load(folder: Path = FOLDER) -> Digits:
    """Map the prepared digits; raises UserError where there are none or they cannot be read."""
    import numpy as np

    facts = _prepared(folder)
    if facts is None:
        raise UserError(f"{display(folder)} holds no prepared digits; run: make data")
    try:
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in IDX_FILES
        }
    except (OSError, ValueError) as error:
        raise UserError(
            f"{display(folder)} cannot be read ({error}); delete it and run: make data"
        ) from error
    return Digits(**arrays, provenance=facts)


def prepare(mode: str, source: Path | None, folder: Path = FOLDER) -> dict:
    """Put the digits into `folder` as memory-mappable arrays and return their provenance.

    `source`, a folder with MNIST's four files (.gz or unpacked), decides where it is given.
    Otherwise `mode` does: "real" for MNIST, "builtin" for the stand-in, "auto" for whichever is
    already prepared, else MNIST, else the stand-in where no mirror can be reached. Nothing is done
    where `folder` holds it already. What was there stays until its successor is complete.

    Raises UserError for an unknown mode, a missing or corrupted file, a failed download (Offline in
    mode "real") or an unwritable folder.
    """
    if mode not in MODES:
        raise UserError(f"unknown kind of data {mode!r}; choose one of: {', '.join(MODES)}")
    folder = Path(folder)
    try:
        found = None if source is None else _find(Path(source))
        given = None if found is None else _identity(found)
    except OSError as error:
        raise _unreadable(Path(source), error) from error
    facts = _current(folder, mode, given)
    if facts is not None:
        return facts
    try:
        with locked(folder.with_name(f".{folder.name}.lock")):
            _undo_half_swap(folder)
            facts = _current(folder, mode, given)
            return facts if facts is not None else _prepare(mode, found, given, folder)
    except OSError as error:
        raise UserError(
            f"cannot write {display(folder)}: {error.strerror or error}; what was there is kept"
        ) from error


def _prepared(folder: Path) -> dict | None:
    """Return the provenance of what is prepared in `folder`, None unless all of it is there."""
    facts = provenance.read(folder)
    sizes = facts.get("arrays") if facts else None
    if not isinstance(sizes, dict) or set(sizes) != {f"{name}.npy" for name in IDX_FILES}:
        return None
    try:
        is_whole = all((folder / name).stat().st_size == size for name, size in sizes.items())
    except OSError:
        return None
    return facts if is_whole else None


def _current(folder: Path, mode: str, given: dict | None) -> dict | None:
    """Return the provenance of what is prepared in `folder` if it is what is asked for."""
    facts = _prepared(folder)
    if facts is None:
        return None
    if given is not None:
        return facts if facts.get("given") == given else None
    wanted = {"auto": (True, False), "real": (False,), "builtin": (True,)}[mode]
    return facts if facts.get("stand_in") in wanted else None


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


def _identity(found: dict[str, Path]) -> dict:
    """Return what tells, without reading the files, that they are the same as last time."""
    states = {path.name: path.stat() for path in found.values()}
    return {
        "folder": str(found["train_images"].parent.resolve()),
        "files": {name: [state.st_size, state.st_mtime_ns] for name, state in states.items()},
    }


def _prepare(mode: str, found: dict[str, Path] | None, given: dict | None, folder: Path) -> dict:
    """Build `folder` from the given files, a download or the stand-in."""
    if found is not None:
        return _build_mnist(found, folder, source="given folder", given=given)
    if mode == "builtin":
        return _build_stand_in(folder)
    try:
        downloads = folder.parent / "downloads"
        found = {array: fetch(file.packed, downloads) for array, file in IDX_FILES.items()}
    except Offline as error:
        if mode == "real":
            raise
        facts = _build_stand_in(folder)
        print(
            f"\nNOTICE: no MNIST: {error}\n"
            f"NOTICE: {sum(facts['counts'].values()):,} enlarged 8x8 digits of scikit-learn stand "
            "in for it; numbers made with them do not compare with published ones.\n",
            file=sys.stderr,
        )
        return facts
    source = f"downloaded from {MNIST_MIRRORS[0]} or a mirror with the same checksums"
    return _build_mnist(found, folder, source=source, given=None)


def _build_mnist(found: dict[str, Path], folder: Path, source: str, given: dict | None) -> dict:
    arrays = {name: parse_idx(_verified(path, IDX_FILES[name])) for name, path in found.items()}
    return _build(
        folder,
        arrays,
        name=MNIST_NAME,
        stand_in=False,
        source=source,
        given=given,
        files={path.name: sha256(path) for path in found.values()},
        converted="the bytes of the IDX files, unchanged",
    )


def _build_stand_in(folder: Path) -> dict:
    return _build(
        folder,
        _stand_in(),
        name=STAND_IN_NAME,
        stand_in=True,
        source="built in",
        given=None,
        files={},
        converted=(
            f"8x8 digits of 17 grey levels, enlarged to {DIGIT_SIDE}x{DIGIT_SIDE} (bicubic) and "
            f"centred on {SIDE}x{SIDE}; the first {STAND_IN_TRAINING:,} are for training"
        ),
    )


def _stand_in() -> dict[str, np.ndarray]:
    """Return scikit-learn's digits in MNIST's layout.

    They come writer by writer: cutting them in order keeps most of the test's writers unseen.
    """
    import cv2
    import numpy as np
    from sklearn.datasets import load_digits

    bunch = load_digits()
    small = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    images = np.zeros((len(small), SIDE, SIDE), np.uint8)
    margin = (SIDE - DIGIT_SIDE) // 2
    for image, digit in zip(images, small, strict=True):
        image[margin:-margin, margin:-margin] = cv2.resize(
            digit, (DIGIT_SIDE, DIGIT_SIDE), interpolation=cv2.INTER_CUBIC
        )
    labels = bunch.target.astype(np.uint8)
    cut = STAND_IN_TRAINING
    return {
        "train_images": images[:cut],
        "train_labels": labels[:cut],
        "test_images": images[cut:],
        "test_labels": labels[cut:],
    }


def _verified(path: Path, file: IdxFile) -> bytes:
    """Return the unpacked content of `path`, or raise UserError where it is not MNIST's."""
    is_packed = path.suffix == ".gz"
    size = file.packed.size if is_packed else file.unpacked_size
    digest = file.packed.sha256 if is_packed else file.unpacked_sha256
    try:
        is_published = path.stat().st_size == size and sha256(path) == digest
        content = path.read_bytes() if is_published else b""
    except OSError as error:
        raise _unreadable(path, error) from error
    if not is_published:
        raise UserError(
            f"{display(path)} is not MNIST's {path.name} (size or SHA-256 differs); "
            "replace it by the published file"
        )
    return gunzip(content, file.unpacked_size) if is_packed else content


def _unreadable(path: Path, error: OSError) -> UserError:
    return UserError(f"{display(path)} cannot be read: {error.strerror or error}")


def gunzip(packed: bytes, limit: int) -> bytes:
    """Return the unpacked bytes; raises UserError for damaged ones or more than `limit` of them."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            content = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"not a whole gzip file ({error}); get it again") from error
    if len(content) > limit:
        raise UserError(f"a gzip file unpacks to more than {limit:,} bytes; get it again")
    return content


def parse_idx(data: bytes) -> np.ndarray:
    """Return the array in `data`, the content of an unpacked IDX file of unsigned bytes.

    The format: two zero bytes, the type (8), the number of dimensions (here 1 to 3), each
    dimension as a big-endian 32-bit number, the values. Raises UserError on anything else.
    """
    import numpy as np

    if len(data) < 4 or data[:3] != b"\x00\x00\x08" or not 1 <= data[3] <= 3:
        raise UserError("not an IDX file of unsigned bytes (wrong first bytes); get it again")
    header = 4 + 4 * data[3]
    if len(data) < header:
        raise UserError("an IDX file ends within its header; get it again")
    shape = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(4, header, 4))
    if len(data) - header != math.prod(shape):
        raise UserError(
            f"an IDX file announces {' x '.join(map(str, shape))} values "
            f"and holds {len(data) - header:,}; get it again"
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def _build(folder: Path, arrays: dict[str, np.ndarray], **facts: object) -> dict:
    """Write arrays and provenance beside `folder`, then let them take its place."""
    import numpy as np

    fresh = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fingerprint = hashlib.sha256()
    sizes = {}
    try:
        for name in IDX_FILES:
            values = np.ascontiguousarray(arrays[name])
            fingerprint.update(values)
            path = fresh / f"{name}.npy"
            with replaced(path) as temporary:
                np.save(temporary, values, allow_pickle=False)
            sizes[path.name] = path.stat().st_size
        provenance.record(
            fresh,
            **facts,
            counts={part: len(arrays[f"{part}_labels"]) for part in ("train", "test")},
            arrays=sizes,
            fingerprint=fingerprint.hexdigest(),
        )
        _swap_in(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return provenance.read(folder)


def _swap_in(fresh: Path, folder: Path) -> None:
    previous = _previous(folder)
    shutil.rmtree(previous, ignore_errors=True)
    if folder.exists():
        folder.rename(previous)
    fresh.rename(folder)
    shutil.rmtree(previous, ignore_errors=True)


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")


def _undo_half_swap(folder: Path) -> None:
    """Bring back the folder of a preparation that was killed between its two renames."""
    if not folder.exists() and _previous(folder).exists():
        _previous(folder).rename(folder)


def operator_images(operator: str, count: int = 50, seed: int = 0) -> np.ndarray:
    """Return `count` drawings of "+" or "-", uint8 (count, 28, 28), white (255) on black.

    Anti-aliased lines 2 pixels thick with ends drawn uniformly: across the line from rows (columns)
    12 to 15, each end of its own, along it from 6..9 to 18..21. The same seed, the same drawings.
    """
    import cv2
    import numpy as np

    if operator not in ("+", "-"):
        raise ValueError(f"no drawing of the operator {operator!r}")
    random = np.random.default_rng([seed, ord(operator)])
    images = np.zeros((count, SIDE, SIDE), np.uint8)
    for image in images:
        for is_vertical in (False, True)[: 2 if operator == "+" else 1]:
            across = random.integers(12, 15, size=2, endpoint=True)
            along = (random.integers(6, 9, endpoint=True), random.integers(18, 21, endpoint=True))
            ends = [(int(x), int(y)) for x, y in zip(along, across, strict=True)]
            if is_vertical:
                ends = [(x, y) for y, x in ends]
            cv2.line(image, *ends, color=255, thickness=2, lineType=cv2.LINE_AA)
    return images
