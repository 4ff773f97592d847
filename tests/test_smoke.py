"""`make all` in the smoke profile trains all experiments, draws all figures, builds the report."""

import json
import os
import shutil
import subprocess

import pytest

from lib.system.paths import REPOSITORY

RUNS = 25  # nine of faces; seven, four and five of arithmetic
CORRECTED_RUNS = 29  # nine of faces; 20 of arithmetic and single digits
# `make all` trains these; the others were trained for several tests.
LEFT = ("vae_32",)


@pytest.fixture(scope="module")
def work(tmp_path_factory, trained_work):
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(trained_work / "data", folder / "data")
    of_others = shutil.ignore_patterns("vae_corrected", *LEFT)
    shutil.copytree(trained_work / "runs", folder / "runs", ignore=of_others)
    return folder


@pytest.fixture(scope="module")
def make(work):
    def run(*arguments):
        return subprocess.run(
            ["make", *arguments, "PROFILE=smoke"],
            cwd=REPOSITORY,
            env={**os.environ, "WORK_DIR": str(work)},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    return run


def test_all_ends_in_a_report_on_synthetic_data_and_a_second_call_does_nothing(make, work):
    finished = make("all", "DATA=builtin")
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert "oneDNN" not in finished.stderr, "TensorFlow was imported before it was set up"
    page = (work / "build/report.html").read_text(encoding="utf-8")
    assert "stand-in" in page
    assert (work / "build/report.pdf").read_bytes().startswith(b"%PDF")
    results = sorted((work / "runs/smoke").rglob("result.json"))
    assert len(results) == RUNS

    before = {path: path.stat().st_mtime_ns for path in work.rglob("*") if path.is_file()}
    again = make("all", "DATA=builtin")
    assert again.returncode == 0, again.stderr[-3000:]
    after = {path: path.stat().st_mtime_ns for path in work.rglob("*") if path.is_file()}
    assert after == before


def test_these_runs_agree_with_the_reference(make):
    finished = make("check", "DATA=builtin")
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    assert finished.stdout.endswith(f"{RUNS} agrees, 0 differs, 0 not comparable\n")


@pytest.mark.slow
def test_the_runs_of_the_corrected_study_agree_with_it_too(make):
    finished = make("check", "DATA=builtin", "STUDY=corrected")
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    count = RUNS + CORRECTED_RUNS
    assert finished.stdout.endswith(f"{count} agrees, 0 differs, 0 not comparable\n")


@pytest.mark.slow
def test_one_experiment_with_a_changed_setting_keeps_what_was_there(make, work):
    for setting in ("LATENT_DIM=4", "LATENT_DIM=5"):
        finished = make("vae-32", "DATA=builtin", "EPOCHS=1", setting)
        assert finished.returncode == 0, finished.stderr[-3000:]
    runs = work / "runs/smoke/vae_32/published"
    kept = [_latent_dim(result.parent) for result in runs.glob("seed-0.archived-*/result.json")]
    assert kept.count(4) == 1
    assert _latent_dim(runs / "seed-0") == 5


@pytest.mark.slow
def test_of_several_experiments_a_setting_changes_those_that_have_it(make, work):
    finished = make("digit-classifier", "vae-32", "DATA=builtin", "LATENT_DIM=6")
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert _latent_dim(work / "runs/smoke/vae_32/published/seed-0") == 6
    assert (work / "runs/smoke/digit_classifier/corrected/seed-0/result.json").exists()


@pytest.mark.slow
def test_figures_are_drawn_after_the_training_that_was_asked_for_with_them(make, work):
    finished = make("-j2", "vae-64", "figures", "DATA=builtin", "SEEDS=5", "ALLOW_MISSING=1")
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert (work / "build/figures/vae-64-samples.png").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("all", "PROFIL=smoke"), "PROFILE"),
        (("vae-32", "SEEDS=one"), "SEEDS=one"),
        (("vae-32", "EPOCHS=-1"), "EPOCHS=-1"),
        (("vae-32", "KL=max"), "none, sum, mean"),
        (("text2text", "KL=mean"), "KL is no setting"),
        (("all", "FACES=nowhere.zip"), "nowhere.zip"),
        (("all", "DATA=fake"), "auto, builtin, real"),
    ],
)
def test_bad_settings_are_one_line_and_status_2(make, arguments, expected):
    finished = make(*arguments)
    assert finished.returncode == 2
    errors = [line for line in finished.stderr.splitlines() if not line.startswith("make")]
    assert len(errors) == 1
    assert errors[0].startswith("error: ")
    assert expected in errors[0]


def _latent_dim(run):
    config = json.loads((run / "config.json").read_text(encoding="utf-8"))
    return config["spec"]["settings"]["latent_dim"]
