"""The files of a training in its run directory: checkpoints to resume from, and results."""

from pathlib import Path

import numpy as np
import tf_keras

from lib.runs import checkpoints, directories
from lib.system import files
from lib.training.trainer import Evaluation, Trainer


def save(training: Trainer, folder: Path, history: list[dict]) -> None:
    """Write the state after the last epoch of `history`."""
    arrays, facts = training.state()
    facts = {"training": facts, "history": history}
    checkpoints.save(folder / directories.CHECKPOINT, len(history), arrays, facts)


def restore(training: Trainer, folder: Path) -> list[dict]:
    """Restore the newest undamaged state; return the history up to it, an empty one if none is."""
    found = checkpoints.load(folder / directories.CHECKPOINT)
    if found is None:
        return []
    arrays, facts = found
    training.restore(arrays, facts["training"])
    return facts["history"]


def write_evaluation(
    training: Trainer, folder: Path, history: list[dict], evaluation: Evaluation
) -> dict:
    """Write history.jsonl and samples.npz; return the content of result.json."""
    # A moving average has the layers of the network that it follows.
    models = [model for name, model in training.models.items() if name != "average"]
    layers = [layer for model in models for layer in layer_table(model)]
    directories.write_history(folder, history)
    with files.replaced(folder / "samples.npz") as temporary:
        np.savez(temporary, **evaluation.samples)
    return {
        "metrics": evaluation.metrics,
        "epochs": len(history),
        **directories.times(history),
        "parameters": sum(layer["parameters"] for layer in layers),
        "model": layers,
        **evaluation.facts,
    }


def layer_table(model: tf_keras.Model) -> list[dict]:
    """Return the layers of `model` as a table: name, type, output shape, number of parameters."""
    table = []
    for layer in model.layers:
        if isinstance(layer, tf_keras.Model):
            table += layer_table(layer)
        elif not isinstance(layer, tf_keras.layers.InputLayer):
            table.append(
                {
                    "layer": layer.name,
                    "type": type(layer).__name__,
                    "output_shape": list(layer.output_shape),
                    "parameters": layer.count_params(),
                }
            )
    return table
