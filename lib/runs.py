"""Run directories: where a training leaves what figures and the report read. No TensorFlow here.

runs/<profile>/<experiment>/<variant>/seed-<n>/
  config.json     all that decides the numbers
  history.jsonl   one line per epoch
  samples.npz     arrays that figures draw from
  checkpoint/     the newest resumable state
  result.json     written last; its presence means done
"""

import dataclasses
import functools
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from lib import files, paths
from lib.errors import UserError

if TYPE_CHECKING:
    import numpy as np  # imported where it is used: planning runs must start at once


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
    def target(self) -> str:
        """The Make target that makes this run."""
        return self.experiment.replace("_", "-")

    def __str__(self) -> str:
        return f"{self.experiment}/{self.variant}/seed-{self.seed}"


@dataclasses.dataclass(frozen=True)
class Run:
    """A finished run, as it lies on the disk."""

    key: RunKey
    config: dict
    result: dict

    @functools.cached_property
    def history(self) -> list[dict]:
        """One dictionary of metrics per epoch, the first epoch first."""
        lines = (self.key.path / "history.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def series(self, metric: str) -> "np.ndarray":
        """Return one metric over the epochs, float64 of shape (epochs,)."""
        import numpy as np

        return np.array([epoch[metric] for epoch in self.history], dtype=np.float64)

    @functools.cached_property
    def samples(self) -> "dict[str, np.ndarray]":
        """The stored arrays by name."""
        import numpy as np

        with np.load(self.key.path / "samples.npz", allow_pickle=False) as file:
            return dict(file)


def load(key: RunKey) -> Run:
    """Read a finished run.

    Raises UserError, naming the Make target that makes it, where the run is missing, unfinished
    or unreadable.
    """
    target = f"run: make {key.target} PROFILE={key.profile} SEEDS={key.seed}"
    try:
        config = json.loads((key.path / "config.json").read_text(encoding="utf-8"))
        result = json.loads((key.path / "result.json").read_text(encoding="utf-8"))
        whole = isinstance(result, dict) and result.get("digest") == _digest(key.path, result)
    except FileNotFoundError:
        raise UserError(f"{paths.display(key.path)} holds no finished run; {target}") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{paths.display(key.path)} cannot be read ({error}); {target}") from error
    if not whole:
        raise UserError(f"{paths.display(key.path)} was changed after its training; {target}")
    return Run(key, config, result)


def write_result(folder: Path, result: dict) -> None:
    """Write result.json, sealed with a digest over itself and the files that lie beside it."""
    files.write_json(folder / "result.json", {**result, "digest": _digest(folder, result)})


def _digest(folder: Path, result: dict) -> str:
    """Return a digest of a result (whatever its own says) and of its config, history, samples."""
    digest = hashlib.sha256()
    facts = {name: value for name, value in result.items() if name != "digest"}
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for name in ("config.json", "history.jsonl", "samples.npz"):
        digest.update(files.sha256(folder / name).encode())
    return digest.hexdigest()
