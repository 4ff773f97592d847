"""A work folder in which the project's command trains a variant of an experiment."""

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
    """A work folder that holds `data`, and a variant of an experiment to train there.

    `arguments` are the NAME=VALUE settings of all its trainings and include PROFILE. `launcher` is
    a module that runs the experiment's module, its first argument.
    """

    folder: Path
    experiment: str
    variant: str
    arguments: tuple[str, ...]
    launcher: str | None = None

    def start(self, *arguments, seed=0, stderr=subprocess.PIPE, **options):
        """Start the training command; `options` are Popen's."""
        module = f"experiments.{self.experiment}"
        modules = [self.launcher, module] if self.launcher else [module]
        arguments = [*self.arguments, f"VARIANT={self.variant}", f"SEEDS={seed}", *arguments]
        return subprocess.Popen(
            [sys.executable, "-m", *modules, *arguments],
            cwd=REPOSITORY,
            env={**os.environ, "WORK_DIR": str(self.folder)},
            stderr=stderr,
            text=True,
            **options,
        )

    def train(self, *arguments, seed=0):
        """Train to the end; return the messages."""
        process = self.start(*arguments, seed=seed)
        messages = process.communicate(timeout=1_800)[1]
        assert process.returncode == 0, messages
        return messages

    def refused(self, *arguments, **options):
        """Start a training that must fail; return the lines of its messages.

        The exit status must be 2, and the only error message must be the last line.
        """
        process = self.start(*arguments, **options)
        lines = process.communicate(timeout=300)[1].splitlines()
        assert process.returncode == 2, lines
        assert not any("Traceback" in line for line in lines), lines
        assert [line.startswith("error: ") for line in lines].count(True) == 1, lines
        assert lines[-1].startswith("error: "), lines
        return lines

    def train_one_epoch(self, how, *arguments, seed=0):
        """Train until an epoch is reported, then send a signal; return exit status and messages."""
        with self.start(*arguments, seed=seed) as process:
            lines = list(_up_to(process.stderr, ": epoch 1/"))
            process.send_signal(how)
            lines += process.stderr
            process.wait(timeout=300)
        assert not (self.run(seed) / "result.json").exists(), "the signal came too late"
        return process.returncode, "".join(lines)

    def killed_with_two_states(self):
        """Train until there are two checkpoints, then kill; return them, the older one first."""
        checkpoint = self.run() / "checkpoint"
        with self.start() as process:
            wait_until(lambda: len(list(checkpoint.glob("epoch-*"))) >= 2, process)
            process.kill()
            process.communicate()
        return sorted(checkpoint.glob("epoch-*"))[-2:]

    def run(self, seed=0):
        """The run directory."""
        (profile,) = [each for each in self.arguments if each.startswith("PROFILE=")]
        runs = self.folder / "runs" / profile.removeprefix("PROFILE=")
        return runs / self.experiment / self.variant / f"seed-{seed}"

    def numbers(self, seed=0):
        """Return everything that a finished run recorded, except durations."""
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
    """Wait until `happened()`, which must be before the process ends."""
    while not happened():
        assert process.poll() is None, "the process ended before that"
        time.sleep(pause)


def differences(one, other):
    """Return the names of the numbers in which two runs differ; NaN equals NaN."""
    return [name for name in sorted({*one, *other}) if repr(one.get(name)) != repr(other.get(name))]


def _digest(array):
    return array.dtype.str, array.shape, hashlib.sha256(array.tobytes()).hexdigest()


def _up_to(lines, text):
    for line in lines:
        yield line
        if text in line:
            break
