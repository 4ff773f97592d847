"""The files of a training in its run directory: checkpoints to resume from, and results."""

from pathlib import Path

import numpy as np

from lib.runs import checkpoints, directories
from lib.system import files
from lib.training.trainer import Evaluation, Trainer

CHECKPOINT = "checkpoint"  # the folder of the states, see `lib.runs.checkpoints`


def save(training: Trainer, folder: Path, history: list[dict]) -> None:
    """Write the state after the last epoch of `history`."""
    arrays, facts = training.state()
    facts = {"training": facts, "history": history}
    checkpoints.save(folder / CHECKPOINT, len(history), arrays, facts)


def restore(training: Trainer, folder: Path) -> list[dict]:
    """Restore the newest undamaged state; return the history up to it, an empty one if none is."""
    found = checkpoints.load(folder / CHECKPOINT)
    if found is None:
        return []
    arrays, facts = found
    training.restore(arrays, facts["training"])
    return facts["history"]


def write_evaluation(folder: Path, history: list[dict], evaluation: Evaluation) -> dict:
    """Write history.jsonl and samples.npz; return the content of result.json."""
    directories.write_history(folder, history)
    with files.replaced(folder / "samples.npz") as temporary:
        np.savez(temporary, **evaluation.samples)
    return {
        "metrics": evaluation.metrics,
        "epochs": len(history),
        **directories.times(history),
        "parameters": sum(layer["parameters"] for layer in evaluation.model),
        "model": evaluation.model,
        **evaluation.facts,
    }
