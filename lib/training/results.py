"""The results of a training, finished or not, as the files of a run directory hold them."""

from pathlib import Path

import numpy as np

from lib.runs import directories
from lib.system import files
from lib.training.trainer import Evaluation


def write_samples(folder: Path, evaluation: Evaluation) -> None:
    """Write samples.npz: the arrays for figures."""
    with files.replaced(folder / "samples.npz") as temporary:
        np.savez(temporary, **evaluation.samples)


def result(history: list[dict], evaluation: Evaluation, digest: str | None = None) -> dict:
    """Return the content of result.json; `digest` of the weights marks a finished training."""
    return {
        "metrics": evaluation.metrics,
        "epochs": len(history),
        **directories.times(history),
        "parameters": sum(layer["parameters"] for layer in evaluation.model),
        "model": evaluation.model,
        **({"weights_sha256": digest} if digest else {}),
        **evaluation.facts,
    }
