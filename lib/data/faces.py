"""Faces of 64x64 pixels: CelebA, the user's own images, or drawn stand-ins; prepared once.

CelebA: Liu, Luo, Wang, Tang, "Deep learning face attributes in the wild" (2015). Heavy imports are
inside the functions, so that finding everything already prepared costs next to nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lib import paths
from lib.data import provenance
from lib.data.fetch import CELEBA, Offline, fetch, locked
from lib.errors import UserError
from lib.files import sha256
from lib.paths import display

if TYPE_CHECKING:
    import numpy as np

FOLDER = paths.DATA / "faces"
ARRAY = "images.npy"
MODES = ("auto", "builtin", "real")
LIMIT = 20_000
MINIMUM = 64
STAND_IN_NAME = "drawn stand-in faces"
STAND_IN_COUNT = 4_000


@dataclass(frozen=True)
class Faces:
    """Images uint8 RGB (count, 64, 64, 3), read-only, mapped from the disk; and what they are."""

    images: np.ndarray
    provenance: dict


def load(folder: Path = FOLDER) -> Faces:
    """Map the prepared faces; raises UserError where there are none or they cannot be read."""
    import numpy as np

    facts = _prepared(folder)
    if facts is None:
        raise UserError(f"{display(folder)} holds no prepared faces; run: make data")
    try:
        images = np.load(folder / ARRAY, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UserError(
            f"{display(folder)} cannot be read ({error}); delete it and run: make data"
        ) from error
    return Faces(images, facts)


def prepare(mode: str, source: Path | None, folder: Path = FOLDER, limit: int = LIMIT) -> dict:
    """Put the first `limit` faces into `folder` as one array and return their provenance.

    `source`, a folder, zip or .npy of images, decides where it is given. Otherwise `mode` does:
    "real" for what is prepared and not drawn, else CelebA; "builtin" for drawn faces; "auto" for
    whatever is prepared, else CelebA, else drawn faces where no mirror can be reached. Nothing is
    done where `folder` holds it already. What was there stays until its successor is complete.

    Raises UserError for an unknown mode, an unreadable source, fewer than 64 usable images, a
    failed download (Offline in mode "real") or an unwritable folder.
    """
    if mode not in MODES:
        raise UserError(f"unknown kind of data {mode!r}; choose one of: {', '.join(MODES)}")
    folder = Path(folder)
    given = None if source is None else {**_identity(Path(source)), "limit": limit}
    facts = _current(folder, mode, given)
    if facts is not None:
        return facts
    try:
        with locked(folder.with_name(f".{folder.name}.lock")):
            _undo_half_swap(folder)
            facts = _current(folder, mode, given)
            if facts is not None:
                return facts
            if source is not None:
                return _build_given(Path(source), given, folder, limit)
            return _build_by_mode(mode, folder, limit)
    except OSError as error:
        raise UserError(
            f"cannot write {display(folder)}: {error.strerror or error}; what was there is kept"
        ) from error


def _prepared(folder: Path) -> dict | None:
    """Return the provenance of what is prepared in `folder`, None unless all of it is there."""
    facts = provenance.read(folder)
    try:
        size = (folder / ARRAY).stat().st_size
    except OSError:
        return None
    return facts if facts and facts.get("arrays") == {ARRAY: size} else None


def _current(folder: Path, mode: str, given: dict | None) -> dict | None:
    """Return the provenance of what is prepared in `folder` if it is what is asked for."""
    facts = _prepared(folder)
    if facts is None:
        return None
    if given is not None:
        return facts if facts.get("given") == given else None
    wanted = {"auto": (True, False), "real": (False,), "builtin": (True,)}[mode]
    return facts if facts.get("stand_in") in wanted else None


def _identity(source: Path) -> dict:
    """Return what tells, without reading any image, that the source is the same as last time."""
    try:
        if not source.is_dir():
            files = [source.stat()]
        else:
            walk = os.walk(source)
            files = [os.lstat(Path(place, name)) for place, _, names in walk for name in names]
    except OSError as error:
        raise UserError(
            f"{display(source)}: {error.strerror}; give a folder, a zip or a .npy of images"
        ) from error
    return {
        "path": str(source.resolve()),
        "files": len(files),
        "bytes": sum(file.st_size for file in files),
        "newest": max((file.st_mtime_ns for file in files), default=0),
    }


def _build_given(source: Path, given: dict, folder: Path, limit: int) -> dict:
    label = source.resolve().name
    return _build_from(
        source,
        folder,
        limit,
        name=f"images given by the user ({label})",
        source="given",
        given=given,
        files={} if source.is_dir() else {label: sha256(source)},
    )


def _build_by_mode(mode: str, folder: Path, limit: int) -> dict:
    """Build `folder` from CelebA or from drawn faces."""
    if mode == "builtin":
        return _build_stand_in(folder, limit)
    try:
        archive = fetch(CELEBA, folder.parent / "downloads")
    except Offline as error:
        if mode == "real":
            raise
        facts = _build_stand_in(folder, limit)
        print(
            f"\nNOTICE: no CelebA: {error}\n"
            f"NOTICE: {facts['counts']['used']:,} drawn faces stand in for it; "
            "pictures and numbers made with them do not compare with published ones.\n"
            "NOTICE: to use real images: FACES=<folder, zip or npy>\n",
            file=sys.stderr,
        )
        return facts
    return _build_from(
        archive,
        folder,
        limit,
        name=f"CelebA, first {limit:,}",
        source=f"downloaded from {CELEBA.urls[0]} or a mirror with the same checksum",
        given=None,
        files={CELEBA.name: CELEBA.sha256},
    )


def _build_from(path: Path, folder: Path, limit: int, **facts: object) -> dict:
    """Build `folder` from the first `limit` usable images at `path`."""
    from lib.data.image_sources import opened, resized
    from lib.data.images import RESIZED

    with opened(path) as source:
        skipped = source.skipped.copy()

        def usable() -> Iterator[np.ndarray]:
            for result in resized(source.readers):
                if isinstance(result, str):
                    skipped[result] += 1
                else:
                    yield result

        with _replacing(folder) as fresh:
            total = min(limit, len(source.readers))
            size, fingerprint, used = _write_array(fresh / ARRAY, usable(), total)
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in skipped.most_common())
            if used < min(MINIMUM, limit):
                raise UserError(
                    f"{display(path)} holds {used} usable images and at least {MINIMUM} are needed"
                    f" (skipped: {reasons or 'none'}); give more images"
                )
            provenance.record(
                fresh,
                **facts,
                stand_in=False,
                converted=RESIZED,
                counts={"used": used, "skipped": dict(skipped)},
                arrays={ARRAY: size},
                fingerprint=fingerprint,
            )
    if reasons:
        print(f"{display(path)}: {used:,} images used; skipped: {reasons}", file=sys.stderr)
    return provenance.read(folder)


def _build_stand_in(folder: Path, limit: int) -> dict:
    from lib.data.builtin_faces import drawn

    count = min(limit, STAND_IN_COUNT)
    with _replacing(folder) as fresh:
        size, fingerprint, used = _write_array(fresh / ARRAY, drawn(count), count)
        provenance.record(
            fresh,
            name=STAND_IN_NAME,
            stand_in=True,
            source="built in",
            given=None,
            files={},
            converted="drawn at twice the size and shrunk to 64x64 pixels",
            counts={"used": used, "skipped": {}},
            arrays={ARRAY: size},
            fingerprint=fingerprint,
        )
    return provenance.read(folder)


def _write_array(path: Path, images: Iterable[np.ndarray], limit: int) -> tuple[int, str, int]:
    """Write at most `limit` images, uint8 (64, 64, 3), as a .npy array while they come.

    Returns the size of the file, the SHA-256 of the array's bytes and the number of images.
    """
    from numpy.lib import format as npy
    from tqdm import tqdm

    def write_header(count: int) -> None:
        header = {"descr": "|u1", "fortran_order": False, "shape": (count, 64, 64, 3)}
        npy.write_array_header_1_0(file, header)

    fingerprint, count = hashlib.sha256(), 0
    images = itertools.islice(images, limit)
    progress = tqdm(
        total=limit,
        desc="faces",
        unit=" images",
        mininterval=0.2 if sys.stderr.isatty() else 15,
        file=sys.stderr,
    )
    with open(path, "wb") as file, progress:
        # numpy pads headers, so the final one, with another count, takes exactly the same room.
        write_header(0)
        # Many at once: each write and each hash waits for its turn among the decoding threads.
        while batch := list(itertools.islice(images, 128)):
            values = b"".join(image.tobytes() for image in batch)
            file.write(values)
            fingerprint.update(values)
            count += len(batch)
            progress.update(len(batch))
        size = file.tell()
        file.seek(0)
        write_header(count)
        file.flush()
        os.fsync(file.fileno())
    return size, fingerprint.hexdigest(), count


@contextlib.contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `folder` when the block ends without error."""
    fresh, previous = folder.with_name(f".{folder.name}.partial"), _previous(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        yield fresh
        shutil.rmtree(previous, ignore_errors=True)
        if folder.exists():
            folder.rename(previous)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(previous, ignore_errors=True)


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")


def _undo_half_swap(folder: Path) -> None:
    """Bring back the folder of a preparation that was killed between its two renames."""
    if not folder.exists() and _previous(folder).exists():
        _previous(folder).rename(folder)
