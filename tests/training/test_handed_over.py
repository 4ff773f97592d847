"""A run that was begun in one work folder is finished in another, as on another machine."""

import shutil
import signal

import pytest

from lib.config import request
from lib.data import digits, faces
from lib.system import paths
from report.reference import begun_runs
from tests.workplace import Workplace, differences

EPOCHS = 6
ARGUMENTS = ("PROFILE=smoke", f"EPOCHS={EPOCHS}")


@pytest.fixture
def work_folder(tmp_path):
    """Return a function that makes a work folder with data of its own in it."""

    def make(name):
        faces.prepare("builtin", None, tmp_path / name / "data" / "faces", limit=64)
        digits.prepare("builtin", None, tmp_path / name / "data" / "digits")
        return Workplace(tmp_path / name, "gan_128", "published", ARGUMENTS)

    return make


def stopped_after(place, epoch):
    """Train until an epoch is told, then end the training as Slurm does."""
    with place.start() as process:
        for line in process.stderr:
            if f": epoch {epoch}/" in line:
                process.send_signal(signal.SIGTERM)
                break
        told = process.stderr.read()
        process.wait(timeout=300)
    assert "after epoch" in told


@pytest.mark.slow
def test_a_run_begun_elsewhere_is_finished_with_the_same_bits(work_folder):
    begun, other, unbroken = map(work_folder, ("begun", "other", "unbroken"))
    stopped_after(begun, 3)
    lines = (begun.run() / "history.jsonl").read_text(encoding="utf-8").splitlines()
    assert 3 <= len(lines) < EPOCHS
    assert not (begun.run() / "result.json").exists()

    shutil.copytree(begun.folder / "runs", other.folder / "runs")
    shutil.rmtree(begun.folder)
    told = other.train()
    assert f"after epoch {len(lines)}\n" in told
    unbroken.train()
    assert not differences(other.numbers(), unbroken.numbers())


@pytest.mark.slow
def test_a_run_that_was_begun_is_evaluated_as_far_as_it_came(work_folder, monkeypatch):
    place = work_folder("begun")
    stopped_after(place, 3)
    monkeypatch.setattr(paths, "RUNS", place.folder / "runs")
    monkeypatch.setenv("WORK_DIR", str(place.folder))
    requested = request.parse([*ARGUMENTS, "SEEDS=0"])
    (planned,) = request.planned(requested, ["gan-128"])
    run = begun_runs.evaluated_so_far(begun_runs.begun_run(planned), requested)
    epochs = run.result["epochs"]
    assert 3 <= epochs < EPOCHS
    assert len(run.history) == len(run.samples["samples"]) == epochs
    assert "interpolation" in run.samples
    assert "samples_swd" in run.result["metrics"]
    assert run.result["model"]
    assert "weights_sha256" not in run.result

    place.train()
    unbroken = work_folder("unbroken")
    unbroken.train()
    assert not differences(place.numbers(), unbroken.numbers())
