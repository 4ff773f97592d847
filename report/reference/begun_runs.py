"""Unfinished runs in the work folder: their epochs so far, and their models' evaluations."""

import dataclasses
import json
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np

from lib.config import request
from lib.runs import directories
from lib.runs.directories import Run
from lib.system.paths import REPOSITORY


@dataclasses.dataclass(frozen=True)
class BegunRun(Run):
    """A run that was begun. Its metrics are those of its last epoch if it was not evaluated."""

    folder: Path

    is_finished = False

    @property
    def history(self) -> list[dict]:
        """One dictionary of metrics per epoch."""
        return directories.read_history(self.folder)

    @property
    def samples(self) -> dict[str, np.ndarray]:
        """The arrays by name, none if it was not evaluated."""
        if not (self.folder / "samples.npz").exists():
            return {}
        with np.load(self.folder / "samples.npz", allow_pickle=False) as file:
            return dict(file)


def begun_run(planned: request.Planned) -> BegunRun:
    """Return a run that was begun, whose directory has a history, but no result."""
    folder = planned.key.path
    config, history = directories.read_config(folder), directories.read_history(folder)
    numbers = {"epochs": len(history), "metrics": directories.metrics_of_epoch(history[-1])}
    return BegunRun(planned.key, config, {**numbers, **directories.times(history)}, folder)


def evaluated_so_far(run: BegunRun, requested: request.Request) -> BegunRun:
    """Return a run that was begun, evaluated by its newest checkpoint if it has one.

    TensorFlow does that in a process of its own, once for each number of epochs.
    """
    folder = run.folder / directories.UNFINISHED
    result = _result(folder)
    if result.get("epochs") != run.result["epochs"] and any(run.folder.glob("checkpoint/epoch-*")):
        arguments = [f"VARIANT={run.key.variant}", f"SEEDS={run.key.seed}"]
        arguments = [run.key.experiment, *requested.arguments([run.key.experiment]), *arguments]
        done = subprocess.run(
            [sys.executable, "-m", "lib.training.unfinished", *arguments],
            cwd=REPOSITORY,
            check=False,
        )
        if done.returncode:
            logging.warning("%s cannot be evaluated; its epochs are recorded", run.key)
        result = _result(folder)
    if result.get("epochs", 0) < run.result["epochs"]:
        return run
    return dataclasses.replace(run, result=result, folder=folder)


def _result(folder: Path) -> dict:
    try:
        return json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
