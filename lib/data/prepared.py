"""Folders of prepared arrays: written once, complete or not at all, with their provenance.

This is what faces and digits have in common. Numpy is imported only when there is something to
load, so that finding everything already prepared costs next to nothing.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lib.data import provenance
from lib.system.errors import Offline, UserError
from lib.system.locks import locked
from lib.system.paths import display

if TYPE_CHECKING:
    import numpy as np

# Fills an empty folder with the arrays; returns the number of images and, for the provenance,
# their name, source, files, conversion, counts and fingerprint.
Build = Callable[[Path], tuple[int, dict]]


@dataclass(frozen=True)
class Kind:
    """A kind of data: its name, the original data set, its option, its arrays (`<array>.npy`).

    `preparation` counts how often the conversion from source to arrays has changed, so that arrays
    from an earlier version are not taken for current ones.
    """

    name: str
    original: str
    option: str
    arrays: tuple[str, ...]
    preparation: int = 1

    def is_original(self, facts: dict) -> bool:
        """Return whether data with this provenance are the original data set, from any source."""
        return str(facts.get("name")).startswith(self.original)


@dataclass(frozen=True)
class Given:
    """The user's own data; an equal `state`, found without reading them, means the same data."""

    state: dict
    build: Build


def load(kind: Kind, folder: Path) -> tuple[dict[str, np.ndarray], dict]:
    """Map the arrays in `folder`, read-only, by their names, and return their provenance too.

    Raises UserError if there are none or they cannot be read.
    """
    import numpy as np

    facts = _complete(kind, folder)
    if facts is None:
        raise UserError(f"{display(folder)} holds no current {kind.name}; run: make data")
    try:
        arrays = {
            array: np.load(folder / f"{array}.npy", mmap_mode="r", allow_pickle=False)
            for array in kind.arrays
        }
    except (OSError, ValueError) as error:
        raise UserError(
            f"{display(folder)} cannot be read ({error}); delete it and run: make data"
        ) from error
    return arrays, facts


def holds(kind: Kind, folder: Path, mode: str, given: Given | None) -> bool:
    """Return whether `folder` holds what `prepare` would put there."""
    return _current(kind, folder, mode, given) is not None


def prepare(
    kind: Kind, folder: Path, mode: str, given: Given | None, real: Build, synthetic: Build
) -> dict:
    """Make `folder` hold what is requested and return its provenance.

    Data that are `given` take precedence. Otherwise `mode` decides:

    - "real": the original data;
    - "builtin": the synthetic data;
    - "auto": whatever is prepared; if nothing is, the original data or, if `real` raises Offline,
      the synthetic data with a notice.

    If `folder` holds the requested data already, nothing is done. What it holds is kept until its
    successor is complete. Raises UserError for an unwritable folder, and what the builders raise.
    """
    previous = _previous(folder)
    try:
        if facts := _current(kind, folder, mode, given):
            return facts
        with locked(folder):
            if previous.exists() and not folder.exists():
                previous.rename(folder)  # a preparation was killed between its two renames
            return _current(kind, folder, mode, given) or _build_requested(
                kind, folder, mode, given, real, synthetic
            )
    except OSError as error:
        raise UserError(
            f"cannot write {display(folder)}: {error.strerror or error}; what was there is kept"
        ) from error


def _complete(kind: Kind, folder: Path) -> dict | None:
    """Return the provenance of what `folder` holds, None unless it is complete and current."""
    facts = provenance.read(folder)
    try:
        is_complete = facts is not None and facts.get("arrays") == _sizes(kind, folder)
    except OSError:
        return None
    return facts if is_complete and not _is_outdated(kind, facts) else None


def _sizes(kind: Kind, folder: Path) -> dict[str, int]:
    names = sorted(f"{array}.npy" for array in kind.arrays)
    return {name: (folder / name).stat().st_size for name in names}


def _is_outdated(kind: Kind, facts: dict) -> bool:
    return facts.get("preparation", 1) != kind.preparation or "synthetic" not in facts


def _current(kind: Kind, folder: Path, mode: str, given: Given | None) -> dict | None:
    """Return the provenance of what is prepared in `folder` if that is what is requested."""
    facts = _complete(kind, folder)
    if facts is None:
        return None
    if given is not None:
        fits = facts.get("given") == given.state
    else:
        is_synthetic = facts["synthetic"] is True
        fits = {"auto": True, "real": kind.is_original(facts), "builtin": is_synthetic}[mode]
    return facts if fits else None


def _build_requested(
    kind: Kind, folder: Path, mode: str, given: Given | None, real: Build, synthetic: Build
) -> dict:
    if given is not None:
        return _replace(kind, folder, given.build, synthetic=False, given=given.state)
    if mode == "builtin":
        return _replace(kind, folder, synthetic, synthetic=True, given=None)
    earlier = provenance.read(folder) or {}
    if mode == "auto" and earlier.get("given") and _is_outdated(kind, earlier):
        raise UserError(
            f"{display(folder)} holds {earlier.get('name')} as an earlier version of this project "
            f"prepared them; give them again: {kind.option}"
        )
    try:
        return _replace(kind, folder, real, synthetic=False, given=None)
    except Offline as error:
        if mode == "real":
            raise
        facts = _replace(kind, folder, synthetic, synthetic=True, given=None)
        print(
            f"NOTICE  {facts['name']} take the place of {kind.original}: results from them "
            "do not compare with published ones\n"
            f"NOTICE  why: {error}\n"
            f"NOTICE  for {kind.original}, once a mirror can be reached: DATA=real; "
            f"for your own: {kind.option}",
            file=sys.stderr,
        )
        return facts


def _replace(kind: Kind, folder: Path, build: Build, **facts: object) -> dict:
    """Build in a partial folder, then swap it in."""
    partial, previous = folder.with_name(f".{folder.name}.partial"), _previous(folder)
    started = time.monotonic()
    try:
        for remains in (partial, previous):
            shutil.rmtree(remains, ignore_errors=True)
        partial.mkdir(parents=True)
        count, more = build(partial)
        sizes = _sizes(kind, partial)
        provenance.record(partial, **more, **facts, arrays=sizes, preparation=kind.preparation)
        if folder.exists():
            folder.rename(previous)
        partial.rename(folder)
        shutil.rmtree(previous, ignore_errors=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    seconds = time.monotonic() - started
    print(f"{kind.name}: {count:,} images prepared in {seconds:.0f} s", file=sys.stderr)
    return provenance.read(folder)


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")
