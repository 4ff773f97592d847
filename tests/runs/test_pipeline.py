"""What the targets of Make do, and what they leave alone because it is done, with made-up runs."""

import json
import os
import subprocess

import pytest

from lib.system.paths import REPOSITORY
from tests import fake_runs

SETTINGS = ("PROFILE=quick", "SEEDS=0")


def make_in(folder):
    """Return a function that calls Make, on made-up runs, and returns the finished process."""
    fake_runs.write(folder, SETTINGS)

    def run(*arguments):
        return subprocess.run(
            ["make", *arguments],
            cwd=REPOSITORY,
            env={**os.environ, "WORK_DIR": str(folder), "RUNTIME": "local"},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def make(tmp_path):
    return make_in(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return `make` for a folder in which all is done, and the folder, as each test leaves it."""
    folder = tmp_path_factory.mktemp("built")
    make = make_in(folder)
    assert make("all", *SETTINGS).returncode == 0
    return make, folder


@pytest.fixture
def launcher(tmp_path):
    """A program that notes the trainings that it should start, and fails with those of `fails`."""
    program = tmp_path / "launch"
    # Its arguments are <python> -m <module> <setting> ...
    text = f'#!/bin/sh\necho "$3" >>{tmp_path}/launched\n! grep -sqx "$3" {tmp_path}/fails\n'
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return f"LAUNCH={program}"


def launched(tmp_path):
    """Return the experiments that were started, in this order."""
    lines = (tmp_path / "launched").read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("experiments.") for line in lines]


def unfinish(tmp_path, *experiments):
    for experiment in experiments:
        for result in (tmp_path / "runs/quick" / experiment).glob("*/*/result.json"):
            result.unlink()


def contents(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_second_call_makes_nothing_and_what_is_removed_is_made(built):
    make, folder = built
    first = contents(folder)
    assert make("all", *SETTINGS).returncode == 0
    assert contents(folder) == first
    for name in ("report.html", "figures/vae-32-samples.png"):
        content = (folder / "build" / name).read_bytes()
        (folder / "build" / name).unlink()
        assert make("report", *SETTINGS).returncode == 0
        assert (folder / "build" / name).read_bytes() == content


@pytest.mark.slow
def test_what_is_requested_is_shown_though_the_runs_are_the_same(built):
    make, folder = built

    def page(*settings):
        done = make("report", *SETTINGS, *settings)
        assert done.returncode == 0, done.stderr
        return (folder / "build" / "report.html").read_text(encoding="utf-8")

    of_one_seed = page()
    assert "not run: <code>" not in of_one_seed
    assert "not run: <code>" in page("SEEDS=0 1", "ALLOW_MISSING=1")
    assert page() == of_one_seed


def test_figures_and_report_depend_on_what_they_read(built):
    def read(stage):
        record = json.loads((built[1] / "build" / f"{stage}.read.json").read_text(encoding="utf-8"))
        paths = [os.path.relpath(path, REPOSITORY) for path in record["files"]]
        return {path for path in paths if not path.startswith("..")}

    of_figures = {"figures/vae_loss.py", "lib/runs/plan.py", "original/published.toml"}
    of_report = {"report/templates/report.md.j2", "report/templates/crossref.lua"}
    of_none = {"lib/config/help.py", "lib/models/faces/vae.py", "README.md", "Makefile"}
    assert of_figures <= read("figures")
    assert of_report <= read("report")
    assert not of_report & read("figures")
    assert not of_none & (read("figures") | read("report"))


def test_of_the_named_experiments_what_is_not_done_is_trained(make, tmp_path, launcher):
    unfinish(tmp_path, "vae_32", "vae_64", "gan_64")
    done = make("vae-32", "gan-64", "text2text", "JOBS=1", launcher, *SETTINGS)
    assert done.returncode == 0, done.stderr
    assert launched(tmp_path) == ["vae_32", "gan_64"]


def test_what_is_named_is_trained_though_missing_runs_are_allowed(make, tmp_path, launcher):
    unfinish(tmp_path, "vae_32", "vae_64")
    done = make("vae-32", "figures", "ALLOW_MISSING=1", launcher, *SETTINGS)
    assert done.returncode == 0, done.stderr
    assert launched(tmp_path) == ["vae_32"]
    assert (tmp_path / "build" / "figures" / "gan-64-samples.png").exists()


def test_what_a_run_needs_is_trained_once_and_before_it(make, tmp_path, launcher):
    done = make("text2image-fixed", "text2image-ablation", launcher, "-j4", *SETTINGS)
    assert done.returncode == 0, done.stderr
    first, *others = launched(tmp_path)
    assert first == "digit_classifier"
    assert set(others) == {"text2image_ablation", "text2image_corrected"}


@pytest.mark.parametrize(("option", "started"), [("-j1", ["cae"]), ("-kj1", ["cae", "vae_32"])])
def test_a_failure_is_named_and_with_k_the_others_are_trained(
    make, tmp_path, launcher, option, started
):
    unfinish(tmp_path, "cae", "vae_32")
    (tmp_path / "fails").write_text("experiments.cae\n", encoding="utf-8")
    done = make("all", option, launcher, *SETTINGS)
    assert done.returncode == 2
    assert launched(tmp_path) == started
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert error.startswith("error: cae/published/seed-0 failed")
    assert not (tmp_path / "build" / "report.html").exists()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["vae-16"], "unknown experiment vae-16; did you mean vae-64? known: cae, "),
        (["all", "PROFIL=smoke"], "unknown setting PROFIL; did you mean PROFILE? known: PROFILE, "),
        (["reference", "DIGIT_COUNT=500"], "DIGIT_COUNT is no setting of cae, "),
        (["cae", "EPOCHS=0"], "EPOCHS=0: expected a positive number"),
        (["cae", "JOBS=0"], "JOBS=0: expected a whole number from 1"),
        (["cae", "LAUNCH=srun '"], "LAUNCH=srun ': No closing quotation"),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(make, tmp_path, arguments, part):
    unfinish(tmp_path, "cae")
    done = make(*SETTINGS, *arguments)
    assert done.returncode == 2
    (error,) = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert error.startswith("error: ")
    assert part in error
