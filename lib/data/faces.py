"""Faces of 64x64 pixels: CelebA, the user's own images, or synthetic portraits; prepared once.

CelebA: Liu, Luo, Wang, Tang, "Deep learning face attributes in the wild" (2015). Heavy imports are
inside the functions, so that finding everything already prepared costs next to nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lib.config.base import FACE_COUNT
from lib.data import prepared
from lib.data.download.remote_files import CELEBA
from lib.data.images import SIDE
from lib.data.images.listing import MAX_ENTRIES, listed, printable
from lib.system import paths
from lib.system.errors import UserError
from lib.system.files import sha256
from lib.system.paths import display

if TYPE_CHECKING:
    import numpy as np

FOLDER = paths.DATA / "faces"
KIND = prepared.Kind(
    "faces", "CelebA", "FACES=<folder, archive or array>", ("images",), preparation=2
)
MINIMUM = 64
SYNTHETIC_NAME = "drawn stand-in faces"
SYNTHETIC_COUNT = 4_000
SKIPPED = "skipped.txt"
# Raised when images are read in another way: given again, they are then prepared again. What is
# prepared stays in use, as does a training on it if the pixels turn out the same.
READING = 3
SIZES = 10  # how many sizes of the images, most common first, the provenance names


@dataclass(frozen=True)
class Faces:
    """Images uint8 RGB (count, 64, 64, 3), read-only, mapped from the disk; their provenance."""

    images: np.ndarray
    provenance: dict


def load(folder: Path = FOLDER) -> Faces:
    """Map the prepared faces; raises UserError if there are none or they cannot be read."""
    arrays, facts = prepared.load(KIND, folder)
    return Faces(**arrays, provenance=facts)


def prepare(mode: str, source: Path | None, folder: Path = FOLDER, limit: int = FACE_COUNT) -> dict:
    """Put the first `limit` faces into `folder` as one array and return their provenance.

    `source` is a folder, archive or array of images, or None. See `prepared.prepare` for `mode`
    and for what is kept.

    Raises UserError for an unreadable source, fewer than 64 usable images, a failed download
    (Offline in mode "real") or an unwritable folder.
    """
    return prepared.prepare(
        KIND,
        folder,
        mode,
        given=None if source is None else _given(source, limit),
        real=partial(_build_celeba, folder.parent / "downloads", limit),
        synthetic=partial(_build_synthetic, min(limit, SYNTHETIC_COUNT)),
    )


def holds(mode: str, source: Path | None, folder: Path = FOLDER, limit: int = FACE_COUNT) -> bool:
    """Return whether `folder` holds what `prepare` would put there."""
    return prepared.holds(KIND, folder, mode, None if source is None else _given(source, limit))


def _given(source: Path, limit: int) -> prepared.Given:
    try:
        source.stat()
    except OSError as error:
        raise UserError(
            f"{display(source)}: {error.strerror}; give a folder, an archive or an array of images"
        ) from error
    names = [""]
    if source.is_dir():
        found = [Path(place, name) for place, _, files in os.walk(source) for name in files]
        names = [str(path.relative_to(source)) for path in found]
    state = {
        "path": str(source.resolve()),
        "files": len(names),
        "names_sizes_and_times": _digest(source, names, follow_links=source.is_file()),
        "limit": limit,
        "reading": READING,
    }
    listing = listed(source, MAX_ENTRIES)
    if listing.led_to:
        state["links"] = {
            "to": sorted(map(printable, listing.led_to)),
            "names_sizes_and_times": _digest(source, listing.files, follow_links=True),
        }
    return prepared.Given(state, partial(_build_given, source, limit))


def _digest(source: Path, names: list[str], follow_links: bool) -> str:
    """Return a digest of the names, sizes and times of files, without links that lead nowhere."""
    facts = []
    for name in sorted(names):
        with contextlib.suppress(OSError):
            stat = (source / name).stat(follow_symlinks=follow_links)
            facts.append((name, stat.st_size, stat.st_mtime_ns))
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _build_given(source: Path, limit: int, folder: Path) -> tuple[int, dict]:
    label = source.resolve().name
    name = f"images given by the user ({label})"
    count, facts = _build_from(source, limit, folder, name=name, source="given", files={})
    if source.is_file():
        facts["files"] = {label: sha256(source)}
    return count, facts


def _build_celeba(downloads: Path, limit: int, folder: Path) -> tuple[int, dict]:
    from lib.data.download.fetch import fetch

    return _build_from(
        fetch(CELEBA, downloads),
        limit,
        folder,
        name=f"CelebA, first {limit:,}",
        source=f"downloaded from {CELEBA.urls[0]} or a mirror with the same checksum",
        files={CELEBA.name: CELEBA.sha256},
    )


def _build_from(path: Path, limit: int, folder: Path, **facts: object) -> tuple[int, dict]:
    """Fill `folder` with the first `limit` usable images at `path`."""
    from lib.data.images.pixels import RESIZED
    from lib.data.images.reading import open_images

    with open_images(path) as images:
        if readings := "; ".join(images.source.readings):
            print(f"{display(path)}: {readings}", file=sys.stderr)
        pixels = (image.pixels for image in images.read(limit))
        total = min(limit, images.count)
        fingerprint, used = _write_array(folder / "images.npy", pixels, total)
    if used < min(MINIMUM, limit):
        if images.source.is_single:
            raise UserError(
                f"{display(path)} is one image and at least {MINIMUM} are needed; "
                "give the folder that holds them"
            )
        raise UserError(
            f"{display(path)} holds {used} usable images and at least {MINIMUM} are needed"
            f" (skipped: {images.summary() or 'none'}); give more images"
        )
    if images.skipped:
        lines = [f"{reason}\t{printable(name)}\n" for name, reason in images.skipped]
        (folder / SKIPPED).write_text("".join(lines), encoding="utf-8")
        warning = "WARNING  " if images.skipped_many else ""
        print(
            f"{warning}{display(path)}: {used:,} images used; skipped: {images.summary()}; "
            f"all names are in {display(folder.with_name(KIND.name) / SKIPPED)}",
            file=sys.stderr,
        )
    sizes = images.sizes.most_common(SIZES)
    counts = {
        "used": used,
        "skipped": dict(images.reasons),
        "sizes": {f"{width}x{height}": count for (width, height), count in sizes},
        "distinct_sizes": len(images.sizes),
    }
    if images.remarks:
        counts["colours"] = dict(images.remarks)
    if readings:
        facts["reading"] = readings
    return used, {**facts, "converted": RESIZED, "counts": counts, "fingerprint": fingerprint}


def _build_synthetic(count: int, folder: Path) -> tuple[int, dict]:
    from lib.data.synthetic.faces import draw_faces

    fingerprint, used = _write_array(folder / "images.npy", draw_faces(count), count)
    return used, {
        "name": SYNTHETIC_NAME,
        "source": "built in",
        "files": {},
        "converted": "drawn at twice the size and shrunk to 64x64 pixels",
        "counts": {"used": used, "skipped": {}, "sizes": {}, "distinct_sizes": 0},
        "fingerprint": fingerprint,
    }


def _write_array(path: Path, images: Iterable[np.ndarray], limit: int) -> tuple[str, int]:
    """Write at most `limit` images, uint8 (64, 64, 3), one by one as a .npy array.

    Returns the SHA-256 of the array's bytes and the number of images.
    """
    from numpy.lib import format as npy
    from tqdm import tqdm

    def write_header(count: int) -> None:
        header = {"descr": "|u1", "fortran_order": False, "shape": (count, SIDE, SIDE, 3)}
        npy.write_array_header_1_0(file, header)

    fingerprint, count = hashlib.sha256(), 0
    # A bar on terminals only.
    progress = tqdm(total=limit, desc="faces", unit=" images", leave=False, disable=None)
    with open(path, "wb") as file, progress:
        # numpy pads headers, so the final one, with another count, has exactly the same size.
        write_header(0)
        for image in images:
            values = image.tobytes()
            file.write(values)
            fingerprint.update(values)
            count += 1
            progress.update()
        file.seek(0)
        write_header(count)
        file.flush()
        os.fsync(file.fileno())
    return fingerprint.hexdigest(), count
