"""A folder in which a variant of an experiment is trained by the project's own command."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).parents[1]


@dataclasses.dataclass(frozen=True)
class Workplace:
    """A folder to work in, with `data` in it, and a variant of an experiment to train there.

    `words` are the NAME=VALUE settings of all its trainings, PROFILE among them, and `launcher` is
    a module that runs the experiment in its own way.
    """

    folder: Path
    experiment: str
    variant: str
    words: tuple[str, ...]
    launcher: str | None = None

    def start(self, *words, seed=0, stderr=subprocess.PIPE, **options):
        """Start the training command; `options` are Popen's."""
        module = f"experiments.{self.experiment}"
        modules = [self.launcher, module] if self.launcher else [module]
        asked = [*self.words, f"VARIANT={self.variant}", f"SEEDS={seed}", *words]
        return subprocess.Popen(
            [sys.executable, "-m", *modules, *asked],
            cwd=REPOSITORY,
            env={**os.environ, "WORK_DIR": str(self.folder)},
            stderr=stderr,
            text=True,
            **options,
        )

    def train(self, *words, seed=0):
        """Train to the end; return what was told."""
        process = self.start(*words, seed=seed)
        told = process.communicate(timeout=1_800)[1]
        assert process.returncode == 0, told
        return told

    def refused(self, *words, **options):
        """Train what cannot be trained to the end; return the lines that were told.

        The status must be 2, and what went wrong must be in the last line.
        """
        process = self.start(*words, **options)
        told = process.communicate(timeout=300)[1].splitlines()
        assert process.returncode == 2, told
        assert not any("Traceback" in line for line in told), told
        assert [line.startswith("error: ") for line in told].count(True) == 1, told
        assert told[-1].startswith("error: "), told
        return told

    def train_one_epoch(self, how, *words, seed=0):
        """Train until an epoch is told, and send a signal; return the status and what was told."""
        with self.start(*words, seed=seed) as process:
            told = list(_up_to(process.stderr, ": epoch 1/"))
            process.send_signal(how)
            told += process.stderr
            process.wait(timeout=300)
        assert not (self.run(seed) / "result.json").exists(), "the signal came too late"
        return process.returncode, "".join(told)

    def killed_with_two_states(self):
        """Train until there are two checkpoints, and kill; return them, the older one first."""
        checkpoint = self.run() / "checkpoint"
        with self.start() as process:
            wait_until(lambda: len(list(checkpoint.glob("epoch-*"))) >= 2, process)
            process.kill()
            process.communicate()
        return sorted(checkpoint.glob("epoch-*"))[-2:]

    def run(self, seed=0):
        """The run directory."""
        (profile,) = [word for word in self.words if word.startswith("PROFILE=")]
        runs = self.folder / "runs" / profile.removeprefix("PROFILE=")
        return runs / self.experiment / self.variant / f"seed-{seed}"

    def numbers(self, seed=0):
        """Return all that a finished run says but how long it took."""
        result = json.loads((self.run(seed) / "result.json").read_text(encoding="utf-8"))
        history = (self.run(seed) / "history.jsonl").read_text(encoding="utf-8").splitlines()
        with np.load(self.run(seed) / "samples.npz", allow_pickle=False) as file:
            samples = {name: _digest(array) for name, array in sorted(file.items())}
        epochs = [json.loads(epoch) for epoch in history]
        assert len(epochs) == result["epochs"]
        for timed in (result, *epochs):
            del timed["seconds"], timed["cpu_seconds"]
        del result["digest"]
        return {**result, "history": epochs, "samples": samples}


def wait_until(happened, process, pause=0.002):
    """Return when `happened()` is true, which must be before the process ends."""
    while not happened():
        assert process.poll() is None, "it ended before"
        time.sleep(pause)


def differences(one, other):
    """Return the names of what differs between the numbers of two runs; NaN equals NaN."""
    return [name for name in sorted({*one, *other}) if repr(one.get(name)) != repr(other.get(name))]


def _digest(array):
    return array.dtype.str, array.shape, hashlib.sha256(array.tobytes()).hexdigest()


def _up_to(lines, part):
    for line in lines:
        yield line
        if part in line:
            break
