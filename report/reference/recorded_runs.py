"""Recorded runs: what figures, tables and criteria read of finished runs, kept in the repository.

recorded/<profile>/runs/<experiment>/<variant>/seed-<n>/
  config.json     all choices that decided the numbers; the code by its fingerprints
  result.json     the metrics; of a run that was not finished, those of its last epoch
  history.jsonl   one line per epoch; missing if only the numbers of the run are known
  <array>.png     the images that figures draw and criteria read, as sheets
"""

import collections
import dataclasses
import functools
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from lib.runs.directories import Run, RunKey
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY, display
from report.reference import image_sheets

FOLDER = REPOSITORY / "recorded"
_REMEDY = "restore it from git"
_MAKERS = ("versions", "hardware", "commit", "command", "continued_with")
# What is recorded of each run. `make check` compares no more than this.
NUMBERS = (
    *("epochs", "seconds", "cpu_seconds", "parameters", "weights_sha256", "metrics"),
    "source_sizes",
)


class NotRecordedError(Exception):
    """The record of a run lacks what is read from it: its epochs, or an array."""


@dataclasses.dataclass(frozen=True, order=True)
class RecordedKey(RunKey):
    """What names a recorded run."""

    @property
    def path(self) -> Path:
        """The folder of its record."""
        return runs_folder(self.profile) / str(self)

    @property
    def folder(self) -> str:
        """The folder of its record, seen from the repository's root."""
        return f"{FOLDER.name}/{self.profile}/runs/{self}"


@dataclasses.dataclass(frozen=True)
class RecordedRun(Run):
    """A run as it is recorded; it may be unfinished."""

    @property
    def pair(self) -> tuple[str, str]:
        """Experiment and variant."""
        return self.key.experiment, self.key.variant

    @property
    def progress(self) -> str:
        """How far an unfinished run came: "epoch 12 of 50"."""
        return f"epoch {self.result['epochs']} of {self.config['spec']['settings']['epochs']}"

    @property
    def has_epochs(self) -> bool:
        """Whether more than the numbers of the run is recorded."""
        return (self.key.path / "history.jsonl").exists()

    @property
    def remedy(self) -> str:
        """What to do if the record's files are broken."""
        return _REMEDY

    @functools.cached_property
    def history(self) -> list[dict]:
        """One dictionary of metrics per epoch. Raises NotRecordedError if there is none."""
        if not self.has_epochs:
            raise NotRecordedError(f"of {self.key} there are only the numbers")
        return super().history

    @functools.cached_property
    def samples(self) -> dict[str, np.ndarray]:
        """The recorded arrays by name. Asking for another one raises NotRecordedError."""
        found = _Arrays()
        found.run = str(self.key) if self.is_finished else f"{self.key} at {self.progress}"
        for file in sorted(self.key.path.glob("*.png")):
            try:
                found[file.stem] = image_sheets.read(file)
            except (OSError, ValueError) as error:
                raise _unreadable(file, error) from error
        return found

    @property
    def entry(self) -> dict:
        """What is compared with other runs, in one dictionary."""
        return entry(self.config, self.result)


class _Arrays(dict):
    run = ""

    def __missing__(self, name: str) -> np.ndarray:
        raise NotRecordedError(f"{self.run} has no array {name}")


def entry(config: dict, result: dict) -> dict:
    """Return a run's spec, makers and numbers in one dictionary."""
    made_with = {name: config[name] for name in _MAKERS if name in config}
    numbers = {name: result[name] for name in NUMBERS if name in result}
    return {**config["spec"], **made_with, **numbers}


def by_pair(entries: Iterable[dict]) -> dict[tuple[str, str], list[dict]]:
    """Return the `entries` of runs by their (experiment, variant)."""
    found = collections.defaultdict(list)
    for run in entries:
        found[run["experiment"], run["variant"]].append(run)
    return dict(found)


def counted_by_pair(entries: Iterable[dict]) -> dict[tuple[str, str], list[dict]]:
    """Return `by_pair` without the unfinished runs of those pairs that have a finished one."""
    return {
        pair: list(filter(is_finished, runs)) or runs for pair, runs in by_pair(entries).items()
    }


def is_finished(facts: dict) -> bool:
    """Tell whether a run, by its `entry` or its result, came to its end."""
    return "weights_sha256" in facts


def runs_folder(profile: str) -> Path:
    """Return the folder of a profile's recorded runs."""
    return FOLDER / profile / "runs"


def load_all(profile: str) -> list[RecordedRun]:
    """Return all recorded runs of a profile, ordered by their names.

    Raises UserError if a file cannot be read.
    """
    folders = sorted(file.parent for file in runs_folder(profile).glob("*/*/seed-*/config.json"))
    found = [_load(profile, folder) for folder in folders]
    return sorted(found, key=lambda run: run.key)


def _load(profile: str, folder: Path) -> RecordedRun:
    config, result = (read_json(folder / name) for name in ("config.json", "result.json"))
    experiment, variant, seed = folder.parts[-3:]
    try:
        key = RecordedKey(profile, experiment, variant, int(seed.removeprefix("seed-")))
        spec = config["spec"]
        named = {name: spec[name] for name in dataclasses.asdict(key)}
        if named != dataclasses.asdict(key):
            raise ValueError("it is the record of another run")
        entry(config, result)["metrics"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(folder, error) from error
    return RecordedRun(key, config, result)


def read_json(file: Path) -> dict:
    """Return a file's JSON object. Raises UserError if there is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("it holds no JSON object")
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from error
    return found


def _unreadable(path: Path, error: Exception) -> UserError:
    return UserError(f"{display(path)} cannot be read ({error}); {_REMEDY}")
