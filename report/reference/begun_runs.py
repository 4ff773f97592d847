"""Unfinished runs in the work folder: their epochs so far, and their models' evaluations."""

import dataclasses
import json
import logging
import subprocess
import sys
from pathlib import Path

from lib.config import request
from lib.runs import directories
from lib.runs.directories import Run, RunKey
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY, display


@dataclasses.dataclass(frozen=True, order=True)
class UnfinishedKey(RunKey):
    """What names a run if its files are those of an evaluation before its end."""

    @property
    def path(self) -> Path:
        """The folder of the evaluation."""
        return super().path / directories.UNFINISHED


@dataclasses.dataclass(frozen=True)
class BegunRun(Run):
    """A run as it was when it was read; it may be training on."""

    epochs_so_far: list[dict]

    @property
    def history(self) -> list[dict]:
        """One dictionary of metrics per epoch, the first epoch first."""
        return self.epochs_so_far


def begun_run(planned: request.Planned) -> BegunRun:
    """Return a run that was begun, whose directory has a history, but no result.

    Its metrics are those of its last epoch. Raises UserError if its files cannot be read.
    """
    folder = planned.key.path
    try:
        config, history = directories.read_config(folder), directories.read_history(folder)
        numbers = {"epochs": len(history), "metrics": directories.metrics_of_epoch(history[-1])}
        numbers |= directories.times(history)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(
            f"{display(folder)} cannot be read ({error}); resume its training: "
            f"{directories.command_for(planned.key)}"
        ) from error
    return BegunRun(planned.key, config, numbers, history)


def evaluated_so_far(run: Run, requested: request.Request) -> Run:
    """Return a run that was begun, evaluated by its newest checkpoint if it has one.

    TensorFlow does that in a process of its own, once for each number of epochs.
    """
    key = UnfinishedKey(**dataclasses.asdict(run.key))
    result = _result(key.path)
    has_checkpoint = any(run.key.path.glob("checkpoint/epoch-*"))
    if result.get("epochs") != run.result["epochs"] and has_checkpoint:
        command = [sys.executable, "-m", "lib.training.unfinished", run.key.experiment]
        command += [*requested.arguments_for(run), f"VARIANT={run.key.variant}"]
        done = subprocess.run(command, cwd=REPOSITORY, check=False)
        if done.returncode:
            logging.warning("%s cannot be evaluated; its epochs are recorded", run.key)
        result = _result(key.path)
    if result.get("epochs", 0) < run.result["epochs"]:
        return run
    return Run(key, run.config, result)


def _result(folder: Path) -> dict:
    try:
        return json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
