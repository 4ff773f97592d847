"""Run directories: the files by which a training hands its results on. No TensorFlow here.

runs/<profile>/<experiment>/<variant>/seed-<n>/
  config.json     all that decides the numbers
  history.jsonl   one line per epoch
  samples.npz     arrays that figures draw from
  checkpoint/     the newest resumable state
  networks/       the trained networks as .keras files
  images/         what the model shows: after each epoch, and in the end
  events/         the same for TensorBoard
  page.html       all of this on one page
  weights.npz     the weights, if other trainings read them
  unfinished/     the evaluation of a run that is not done, see `lib.training.unfinished`
  result.json     written last; its presence means done
"""

import dataclasses
import functools
import hashlib
import json
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lib.system import files, paths
from lib.system.errors import UserError

if TYPE_CHECKING:
    import numpy as np  # imported only when used: planning runs must be fast


@dataclasses.dataclass(frozen=True, order=True)
class RunKey:
    """What names one training."""

    profile: str
    experiment: str
    variant: str
    seed: int

    @property
    def path(self) -> Path:
        """The run directory."""
        return paths.RUNS / self.profile / self.experiment / self.variant / f"seed-{self.seed}"

    @property
    def folder(self) -> str:
        """The run directory, as it is called in the report: from the working folder on."""
        return f"runs/{self.profile}/{self}"

    @property
    def target(self) -> str:
        """The Make target that makes this run."""
        return self.experiment.replace("_", "-")

    def __str__(self) -> str:
        return f"{self.experiment}/{self.variant}/seed-{self.seed}"


@dataclasses.dataclass(frozen=True)
class Run:
    """A run, as it lies on the disk."""

    key: RunKey
    config: dict
    result: dict

    has_epochs = True  # a recorded run may have only its numbers

    @property
    def is_finished(self) -> bool:
        """Whether the run came to its end."""
        return "weights_sha256" in self.result

    @property
    def remedy(self) -> str:
        """What to do if the run's files are broken."""
        return _remedy(self.key)

    @functools.cached_property
    def history(self) -> list[dict]:
        """One dictionary of metrics per epoch, the first epoch first.

        Raises UserError unless there are as many as the result reports.
        """
        epochs = read_history(self.key.path)
        numbers = [epoch.get("epoch") if isinstance(epoch, dict) else None for epoch in epochs]
        reported = self.result.get("epochs")
        if numbers != list(range(1, len(numbers) + 1)) or len(numbers) != reported:
            raise UserError(
                f"the history in {paths.display(self.key.path)} is not that of epochs 1 to "
                f"{reported}; {self.remedy}"
            )
        return epochs

    def series(self, metric: str) -> "np.ndarray":
        """Return one metric over the epochs, float64 of shape (epochs,).

        Raises UserError if an epoch lacks it.
        """
        import numpy as np

        try:
            return np.array([float(epoch[metric]) for epoch in self.history or [{}]])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise UserError(
                f"{paths.display(self.key.path)} has no number called {metric} for every epoch; "
                f"{self.remedy}"
            ) from error

    @functools.cached_property
    def samples(self) -> "dict[str, np.ndarray]":
        """The stored arrays by name, none of a run that was not evaluated."""
        import numpy as np

        if not (self.key.path / "samples.npz").exists():
            return {}
        with np.load(self.key.path / "samples.npz", allow_pickle=False) as file:
            return dict(file)


NETWORKS = "networks"  # the folder in it with the trained networks, as .keras files
PAGE = "page.html"
CHECKPOINT = "checkpoint"  # the folder in it with its states, see `lib.runs.checkpoints`
UNFINISHED = "unfinished"  # the folder in it with the evaluation of a run that has not ended

_NOT_METRICS = ("epoch", "seconds", "cpu_seconds")


def metrics_of_epoch(epoch: dict) -> dict[str, float]:
    """Return what an epoch of a history measured, without its number and its times."""
    return {name: value for name, value in epoch.items() if name not in _NOT_METRICS}


def times(history: Sequence[dict]) -> dict[str, float]:
    """Return the time of all epochs: `seconds`, and `cpu_seconds` of the process's processors.

    Other programs on the same machine lengthen the first, hardly the second. Histories of earlier
    versions lack the second.
    """
    kinds = [kind for kind in _NOT_METRICS[1:] if all(kind in epoch for epoch in history)]
    return {kind: round(sum(epoch[kind] for epoch in history), 1) for kind in kinds}


def read_history(folder: Path) -> list:
    """Return what each line of history.jsonl holds. Raises OSError or ValueError without one."""
    lines = (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def write_history(folder: Path, history: Sequence[dict]) -> None:
    """Write history.jsonl: one line of metrics per epoch."""
    lines = "".join(json.dumps(epoch) + "\n" for epoch in history)
    files.write_text(folder / "history.jsonl", lines)


def read_config(folder: Path) -> dict:
    """Return what a run directory's config.json holds. Raises OSError or ValueError without one."""
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


def load(key: RunKey) -> Run:
    """Read a finished run.

    Raises UserError, naming the Make target that trains it, if the run is missing, unfinished or
    unreadable.
    """
    try:
        config = read_config(key.path)
        result = json.loads((key.path / "result.json").read_text(encoding="utf-8"))
        whole = isinstance(result, dict) and result.get("digest") == _digest(key.path, result)
    except FileNotFoundError:
        raise UserError(
            f"{paths.display(key.path)} holds no finished run; {_remedy(key)}"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(
            f"{paths.display(key.path)} cannot be read ({error}); {_remedy(key)}"
        ) from error
    if not whole:
        raise UserError(f"{paths.display(key.path)} was changed after its training; {_remedy(key)}")
    return Run(key, config, result)


def _remedy(key: RunKey) -> str:
    """Say how to repair a run: without its result, it is resumed from its checkpoint."""
    is_taken_for_done = (key.path / "result.json").exists()
    first = "remove its result.json and " if is_taken_for_done else ""
    return f"{first}run: {command_for(key)}"


def command_for(key: RunKey) -> str:
    """Return the call of Make that trains a run, by its config.json if that can be read."""
    try:
        command = shlex.split(read_config(key.path)["command"])
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        command = []
    recorded = [each for each in command if "=" in each and not each.startswith("VARIANT=")]
    arguments = recorded or [f"PROFILE={key.profile}", f"SEEDS={key.seed}"]
    return shlex.join(["make", key.target, *arguments])


def write_weights(folder: Path, weights: "Sequence[np.ndarray]") -> None:
    """Write arrays as weights.npz; `result["weights_sha256"]` must be their `weights_digest`."""
    import numpy as np

    with files.replaced(folder / "weights.npz") as temporary:
        np.savez(temporary, *weights)


def read_weights(folder: Path) -> "list[np.ndarray]":
    """Return the weights of the finished run in `folder`, in the order of `write_weights`.

    Raises UserError if they are missing, unreadable or not those of the result.
    """
    import numpy as np

    path = folder / "weights.npz"
    remedy = f"remove {paths.display(folder)} and train it again"
    try:
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        expected = result["weights_sha256"]
        with np.load(path, allow_pickle=False) as file:
            weights = [file[f"arr_{k}"] for k in range(len(file))]
    except Exception as error:  # what numpy and zipfile raise on foreign bytes has no end
        raise UserError(f"{paths.display(path)} cannot be read ({error}); {remedy}") from error
    if weights_digest(weights) != expected:
        raise UserError(f"{paths.display(path)} was changed after its training; {remedy}")
    return weights


def weights_digest(weights: "Iterable[np.ndarray]") -> str:
    """Return the hexadecimal SHA-256 of the arrays' bytes, in order."""
    digest = hashlib.sha256()
    for array in weights:
        digest.update(array.tobytes())
    return digest.hexdigest()


def write_result(folder: Path, result: dict) -> None:
    """Write result.json, sealed with a digest of itself and the other files of the run."""
    files.write_json(folder / "result.json", {**result, "digest": _digest(folder, result)})


def _digest(folder: Path, result: dict) -> str:
    """Return a digest of a result (without its own digest), its config, history and samples."""
    digest = hashlib.sha256()
    facts = {name: value for name, value in result.items() if name != "digest"}
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for name in ("config.json", "history.jsonl", "samples.npz"):
        digest.update(files.sha256(folder / name).encode())
    return digest.hexdigest()
