"""The checkpoints of a training: its state and the history so far, in its run directory."""

from pathlib import Path

from lib.runs import checkpoints
from lib.training.trainer import Trainer

_FOLDER = "checkpoint"


def save(training: Trainer, folder: Path, history: list[dict]) -> None:
    """Write the state after the last epoch of `history`."""
    arrays, facts = training.state()
    facts = {"training": facts, "history": history}
    checkpoints.save(folder / _FOLDER, len(history), arrays, facts)


def has_checkpoint(folder: Path) -> bool:
    """Return whether there is a state, damaged or not."""
    return checkpoints.exist(folder / _FOLDER)


def restore(training: Trainer, folder: Path) -> list[dict]:
    """Restore the newest undamaged state; return the history up to it, an empty one if none is."""
    found = checkpoints.load(folder / _FOLDER)
    if found is None:
        return []
    arrays, facts = found
    training.restore(arrays, facts["training"])
    return facts["history"]


def keep_newest(folder: Path) -> None:
    """Remove all states but the newest: when a run is done, nothing resumes from the others."""
    checkpoints.keep_newest(folder / _FOLDER)
