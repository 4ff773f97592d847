"""The promise that the same seed gives the same bits, in a resumed run too, by real commands."""

import concurrent.futures
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lib.data import digits, faces

REPOSITORY = Path(__file__).parents[1]
EPOCHS = 8


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Stand-ins, as many as the smoke profile reads."""
    folder = tmp_path_factory.mktemp("stand-ins")
    faces.prepare("builtin", None, folder / "faces", limit=64)
    digits.prepare("builtin", None, folder / "digits")
    return folder


def iter_until(lines, part):
    for line in lines:
        yield line
        if part in line:
            break


@dataclasses.dataclass(frozen=True)
class Workplace:
    """A folder to work in, and a variant of an experiment to train there."""

    folder: Path
    experiment: str
    variant: str

    def start(self, *words, seed=0):
        """Start the training command, in the smoke profile."""
        asked = ["PROFILE=smoke", f"EPOCHS={EPOCHS}", f"VARIANT={self.variant}", f"SEEDS={seed}"]
        return subprocess.Popen(
            [sys.executable, "-m", f"experiments.{self.experiment}", *asked, *words],
            cwd=REPOSITORY,
            env={**os.environ, "WORK_DIR": str(self.folder)},
            stderr=subprocess.PIPE,
            text=True,
        )

    def train(self, *words, seed=0):
        """Train to the end; return what was told."""
        process = self.start(*words, seed=seed)
        told = process.communicate(timeout=300)[1]
        assert process.returncode == 0, told
        return told

    def train_one_epoch(self, how, *words, seed=0):
        """Train until an epoch is told, and send a signal; return the status and what was told."""
        with self.start(*words, seed=seed) as process:
            told = list(iter_until(process.stderr, ": epoch 1/"))
            process.send_signal(how)
            told += process.stderr
            process.wait(timeout=300)
        assert not (self.run(seed) / "result.json").exists(), "the signal came too late"
        return process.returncode, "".join(told)

    def run(self, seed=0):
        """The run directory."""
        return self.folder / "runs" / "smoke" / self.experiment / self.variant / f"seed-{seed}"

    def numbers(self, seed=0):
        """Return all that a finished run says but how long it took."""
        result = json.loads((self.run(seed) / "result.json").read_text(encoding="utf-8"))
        history = (self.run(seed) / "history.jsonl").read_text(encoding="utf-8").splitlines()
        with np.load(self.run(seed) / "samples.npz", allow_pickle=False) as file:
            samples = {name: array.tobytes() for name, array in file.items()}
        epochs = [json.loads(epoch) for epoch in history]
        assert len(epochs) == EPOCHS
        for timed in (result, *epochs):
            del timed["seconds"]
        del result["digest"]
        return {**result, "history": epochs, "samples": samples}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory, data):
    """Return a function that makes a folder to train a variant of an experiment in."""

    def make(experiment, variant="published"):
        folder = tmp_path_factory.mktemp(experiment)
        (folder / "data").symlink_to(data)
        return Workplace(folder, experiment, variant)

    return make


def goes_on_as_unbroken(workplace, experiment, variant, how, seeds="1"):
    """Train seed 1 once as the last of `seeds` in a process, once broken off and gone on with.

    Both must have the same numbers. Returns how the broken one ended, status and what was told, and
    where the other lies.
    """
    unbroken, broken = workplace(experiment, variant), workplace(experiment, variant)

    def break_and_go_on():
        return *broken.train_one_epoch(how, seed=1), broken.train(seed=1)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        training = pool.submit(unbroken.train, seed=seeds)
        status, told, told_later = pool.submit(break_and_go_on).result()
        training.result()
    assert f"{experiment}/{variant}/seed-1: going on after epoch " in told_later
    assert broken.numbers(1) == unbroken.numbers(1)
    return status, told, unbroken


@pytest.fixture(scope="module")
def trained(workplace):
    """Where seeds 0 and 1 of vae_32 are trained, after a killed run went on as if unbroken."""
    status, _, place = goes_on_as_unbroken(
        workplace, "vae_32", "published", signal.SIGKILL, seeds="0 1"
    )
    assert status == -signal.SIGKILL
    return place


def test_a_killed_run_goes_on_as_if_unbroken_and_another_seed_differs(trained):
    one, other = trained.numbers(0), trained.numbers(1)
    assert one["weights_sha256"] != other["weights_sha256"]
    for name in ("samples", "interpolation", "reconstructions"):
        assert one["samples"][name] != other["samples"][name]
    for first, second in zip(one["history"], other["history"], strict=True):
        assert first["loss"] != second["loss"]


def test_a_terminated_run_says_how_to_go_on_and_does_so(workplace):
    status, told, _ = goes_on_as_unbroken(workplace, "text2image", "1-1-512", signal.SIGTERM)
    assert status == 143
    assert "text2image/1-1-512/seed-1: the same command goes on after epoch " in told
    assert "Traceback" not in told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("experiment", "variant"),
    [
        ("cae", "published"),
        ("gan_64", "published"),
        ("text2text", "train-50"),
        ("image2text", "flatten"),
        ("image2text", "convlstm"),
        ("text2image", "3-2-256"),
    ],
)
def test_every_kind_of_run_goes_on_as_if_unbroken(workplace, experiment, variant):
    goes_on_as_unbroken(workplace, experiment, variant, signal.SIGKILL)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_for_other_settings_is_put_aside_and_comes_back(trained, workplace):
    """The other run is broken off with Ctrl-C, which has its own status and says how to go on."""
    place = workplace("vae_32")
    shutil.copytree(trained.run(), place.run())
    first = contents(place.run())
    status, told = place.train_one_epoch(signal.SIGINT, "EPOCHS=9")
    assert status == 130
    assert "vae_32/published/seed-0: the same command goes on after epoch " in told
    assert "Traceback" not in told
    assert "seed-0 was made for other settings or data; it is kept in runs/smoke/" in told
    (aside,) = place.run().parent.glob("seed-0.aside-*")
    assert contents(aside) == first

    assert "already done" in place.train()
    assert contents(place.run()) == first
    (aside,) = place.run().parent.glob("seed-0.aside-*")
    assert "result.json" not in contents(aside)
    assert "already done" in place.train()
    assert contents(place.run()) == first


def test_a_second_process_is_refused(workplace):
    place = workplace("vae_32")
    first = place.start()
    try:
        while not (place.run() / "config.json").exists():
            assert first.poll() is None
            time.sleep(0.005)
        second = place.start()
        told = second.communicate(timeout=60)[1]
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 2
    assert told.splitlines() == [
        line for line in told.splitlines() if f"is being written by process {first.pid} on " in line
    ]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["EPOCHS=0"], "EPOCHS=0: expected a positive number"),
        (["UNITS=3"], "UNITS is no setting of vae_32"),
        (["VARIANT=x"], "unknown variant x; known: published"),
        (["BATCH_SIZE=65"], "64 faces do not fill a batch of 65"),
    ],
)
def test_what_cannot_be_trained_is_told_in_one_line(workplace, words, part):
    process = workplace("vae_32").start(*words)
    told = process.communicate(timeout=300)[1].splitlines()
    assert process.returncode == 2
    assert told[-1].startswith("error: ")
    assert part in told[-1]
    assert not any("Traceback" in line for line in told)


def test_missing_data_is_told_with_the_target(tmp_path):
    process = Workplace(tmp_path, "vae_32", "published").start()
    told = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == 2
    assert told == ["error: data/faces is not prepared; run: make data"]
