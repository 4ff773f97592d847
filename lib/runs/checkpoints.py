"""The newest resumable state of a run, and the one before it in case the newest is damaged."""

import hashlib
import io
import json
import logging
from pathlib import Path

import numpy as np

from lib.system.files import replaced
from lib.system.paths import display

_KEPT = 2


def save(folder: Path, epoch: int, arrays: dict[str, np.ndarray], facts: dict) -> None:
    """Write the state after `epoch` (arrays by name, and facts for JSON).

    Older states go away, and those of later epochs: they are damaged, or this epoch would not be
    trained again. The digest of the content is part of the name, so that a torn file is recognised.
    """
    buffer = io.BytesIO()
    np.savez(buffer, **arrays, facts=np.array(json.dumps(facts)))
    content = buffer.getbuffer()
    state = folder / f"epoch-{epoch:05d}-{_digest(content)}.npz"
    with replaced(state) as temporary:
        temporary.write_bytes(content)
    for other in _newest_first(folder):
        if other != state and other.name >= f"epoch-{epoch:05d}":
            other.unlink()
    _keep(folder, _KEPT)


def keep_newest(folder: Path) -> None:
    """Remove all states but the newest: when a run is done, nothing resumes from the others."""
    _keep(folder, 1)


def exist(folder: Path) -> bool:
    """Return whether there is a state, damaged or not."""
    return bool(_newest_first(folder))


def load(folder: Path) -> tuple[dict[str, np.ndarray], dict] | None:
    """Return arrays and facts of the newest undamaged state, or None."""
    for path in _newest_first(folder):
        try:
            content = path.read_bytes()
        except OSError as error:
            logging.warning("%s cannot be read (%s); trying the one before", display(path), error)
            continue
        if path.stem.endswith(_digest(content)):
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                arrays = dict(file)
            return arrays, json.loads(str(arrays.pop("facts")))
        logging.warning(
            "%s is damaged; the epochs since the state before it are lost", display(path)
        )
    return None


def _keep(folder: Path, count: int) -> None:
    for old in _newest_first(folder)[count:]:
        old.unlink()


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("epoch-*.npz"), reverse=True)


def _digest(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
