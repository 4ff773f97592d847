"""Folders of prepared arrays: made once, whole or not at all, with their provenance beside them.

What faces and digits have in common. Numpy is imported only where there is something to load, so
that finding everything already prepared costs next to nothing.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lib.config.request import DATA_MODES
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
    """A kind of data: its name, what it really is, its option, its arrays (`<array>.npy`).

    `preparation` counts how often the way from source to arrays has changed, so that arrays made in
    an earlier way are not taken for current ones.
    """

    name: str
    original: str
    option: str
    arrays: tuple[str, ...]
    preparation: int = 1

    @property
    def files(self) -> set[str]:
        """The names of the arrays' files."""
        return {f"{array}.npy" for array in self.arrays}

    def is_original(self, facts: dict) -> bool:
        """Tell by a provenance whether that is what this kind really is, whoever brought it."""
        return str(facts.get("name")).startswith(self.original)


@dataclass(frozen=True)
class Given:
    """The user's own data: what tells, without reading it, that it is the same as last time."""

    identity: dict
    build: Build


def load(kind: Kind, folder: Path) -> tuple[dict[str, np.ndarray], dict]:
    """Map the arrays in `folder`, read-only, by their names, and return their provenance too.

    Raises UserError where there are none or they cannot be read.
    """
    import numpy as np

    facts = _whole(kind, folder)
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


def check(mode: str) -> None:
    """Raise UserError for an unknown mode."""
    if mode not in DATA_MODES:
        raise UserError(f"unknown kind of data {mode!r}; choose one of: {', '.join(DATA_MODES)}")


def prepare(
    kind: Kind, folder: Path, mode: str, given: Given | None, real: Build, synthetic: Build
) -> dict:
    """Make `folder` hold what is asked for and return its provenance.

    What is given decides. Otherwise `mode` does: "real" asks for the real data, "builtin" for the
    stand-in, "auto" for whatever is prepared, else the real data, else, where `real` raises
    Offline, the stand-in with a notice. Nothing is done where `folder` holds it already. What was
    there stays until its successor is complete.

    Raises UserError for an unwritable folder, and what the builders raise.
    """
    try:
        if facts := _current(kind, folder, mode, given):
            return facts
        with locked(folder):
            _undo_half_swap(folder)
            return _current(kind, folder, mode, given) or _make(
                kind, folder, mode, given, real, synthetic
            )
    except OSError as error:
        raise UserError(
            f"cannot write {display(folder)}: {error.strerror or error}; what was there is kept"
        ) from error


def _whole(kind: Kind, folder: Path) -> dict | None:
    """Return the provenance of what `folder` holds, None unless it is whole and current."""
    facts = provenance.read(folder)
    sizes = facts.get("arrays") if facts else None
    if not isinstance(sizes, dict) or set(sizes) != kind.files or _is_outdated(kind, facts):
        return None
    try:
        is_whole = all((folder / name).stat().st_size == size for name, size in sizes.items())
    except OSError:
        return None
    return facts if is_whole else None


def _is_outdated(kind: Kind, facts: dict) -> bool:
    return facts.get("preparation", 1) != kind.preparation or "synthetic" not in facts


def _current(kind: Kind, folder: Path, mode: str, given: Given | None) -> dict | None:
    """Return the provenance of what is prepared in `folder` if it is what is asked for."""
    facts = _whole(kind, folder)
    if facts is None:
        return None
    if given is not None:
        return facts if facts.get("given") == given.identity else None
    fits = {
        "auto": True,
        "real": kind.is_original(facts),
        "builtin": facts.get("synthetic") is True,
    }
    return facts if fits[mode] else None


def _make(
    kind: Kind, folder: Path, mode: str, given: Given | None, real: Build, synthetic: Build
) -> dict:
    if given is not None:
        return _replace(kind, folder, given.build, synthetic=False, given=given.identity)
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
        _notify(kind, facts, error)
        return facts


def _replace(kind: Kind, folder: Path, build: Build, **facts: object) -> dict:
    """Build beside `folder`, then swap in."""
    fresh, started = folder.with_name(f".{folder.name}.partial"), time.monotonic()
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        count, more = build(fresh)
        sizes = {name: (fresh / name).stat().st_size for name in sorted(kind.files)}
        provenance.record(fresh, **more, **facts, arrays=sizes, preparation=kind.preparation)
        _swap_in(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    seconds = time.monotonic() - started
    print(f"{kind.name}: {count:,} images prepared in {seconds:.0f} s", file=sys.stderr)
    return provenance.read(folder)


def _swap_in(fresh: Path, folder: Path) -> None:
    previous = _previous(folder)
    shutil.rmtree(previous, ignore_errors=True)
    if folder.exists():
        folder.rename(previous)
    fresh.rename(folder)
    shutil.rmtree(previous, ignore_errors=True)


def _undo_half_swap(folder: Path) -> None:
    """Bring back the folder of a preparation that was killed between its two renames."""
    if not folder.exists() and _previous(folder).exists():
        _previous(folder).rename(folder)


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")


def _notify(kind: Kind, facts: dict, error: Offline) -> None:
    print(
        f"NOTICE  {facts['name']} take the place of {kind.original}: results made with them "
        "do not compare with published ones\n"
        f"NOTICE  why: {error}\n"
        f"NOTICE  for {kind.original} once it can be had: DATA=real; for your own: {kind.option}",
        file=sys.stderr,
    )
