import filecmp
import os
import re
import shutil
import subprocess
import sys

import pytest

from figures import all_figures
from lib.system import paths
from report import generated_faces
from report import recorded as recorded_report
from report.reference import record, recorded_content, recorded_runs
from tests import fake_runs
from tests.report.recording import recorded, status, study, verdicts

__all__ = ["study"]

REPORTS = ["report.html", "report.pdf"]
PROGRAM = """
import socket, sys
def refused(*args, **kwargs):
    raise AssertionError("a connection was opened")
socket.socket.connect = refused
from report import recorded
try:
    recorded.main([])
finally:
    heavy = {"tensorflow", "tf_keras"} & set(sys.modules)
    assert not heavy, heavy
"""


def built(work):
    """Build the report of the repository's record in an empty work folder."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=fake_runs.REPOSITORY,
        env={**os.environ, "WORK_DIR": str(work)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_repository_s_record_makes_both_reports_with_nothing_else(tmp_path):
    for name in ("one", "other"):
        done = built(tmp_path / name)
        assert done.returncode == 0, done.stderr
    folders = [tmp_path / name / "build" / "recorded" for name in ("one", "other")]
    assert filecmp.cmpfiles(*folders, REPORTS, shallow=False) == (REPORTS, [], [])
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["build"]
    page = (folders[0] / "report.html").read_text(encoding="utf-8")
    assert "recorded runs, paper profile" in page
    for figure in all_figures():
        assert f'<figure id="fig:{figure.name}"' in page
    for number in range(1, 5):
        assert f"<strong>Table {number}.</strong>" in page
    for name in [f"C{k}" for k in range(1, 23)] + [f"E{k}" for k in range(1, 14)]:
        assert re.search(rf'<th [^>]*scope="row"[^>]*>(<a [^>]*>)?{name}(</a>)?</th>', page), name


@pytest.fixture
def whole_study(study, tmp_path):
    """Everything, recorded; returns the content of the record."""
    arguments = ["PROFILE=quick", "SEEDS=0 1", "STUDY=corrected"]
    fake_runs.write(tmp_path, arguments)
    assert status(record.main, arguments) == 0
    return recorded_content.load("quick")


def test_figures_and_verdicts_of_the_record_are_those_of_the_runs(whole_study, tmp_path):
    shutil.copytree(tmp_path / "data", tmp_path / "work" / "data")
    shutil.copytree(tmp_path / "runs", tmp_path / "work" / "runs")
    for stage in ("figures", "report"):
        done = fake_runs.run(tmp_path / "work", stage, *fake_runs.ARGUMENTS)
        assert done.returncode == 0, done.stderr
    drawn = whole_study.drawn(tmp_path / "recorded-figures", whole_study.every_figure())
    names = [figure.file_name for figure in all_figures()]
    own = tmp_path / "work" / "build" / "figures"
    _, differing, missing = filecmp.cmpfiles(own, tmp_path / "recorded-figures", names, False)
    assert (differing, missing) == (["vae-interpolation.png"], [])
    assert not drawn.undrawn
    own_verdicts = recorded_runs.read_json(tmp_path / "work" / "build" / "claims.json")
    for part in record.PARTS:
        for claim, other in zip(own_verdicts[part], record.read("quick")[part], strict=True):
            runs = [f"recorded/quick/runs/{run.partition('/quick/')[2]}" for run in claim["runs"]]
            assert {**claim, "runs": runs} == other


def test_no_face_that_was_encoded_is_recorded_and_of_later_seeds_only_what_is_compared(whole_study):
    arrays = {name for run in recorded_runs.load_all("quick") for name in run.samples}
    assert not arrays & {"originals", "reconstructions", "image_interpolation"}
    first, second = (set(recorded("vae_32", seed)[0].samples) for seed in (0, 1))
    assert "samples" in first
    assert not second
    for seed in (0, 1):
        assert "validation_predictions" in recorded("text2image", seed)[0].samples


def build_report(monkeypatch, tmp_path):
    monkeypatch.setattr(recorded_report, "FOLDER", tmp_path / "built")
    assert status(recorded_report.main, ["PROFILE=quick"]) == 0
    return " ".join((tmp_path / "built" / "report.html").read_text(encoding="utf-8").split())


def test_unfinished_runs_are_labelled_and_decide_nothing(study, tmp_path, monkeypatch):
    for result in tmp_path.glob("runs/quick/vae_32/*/*/result.json"):
        result.unlink()
    assert status(record.main, study) == 0
    (run,) = recorded("vae_32", 0)
    planned = run.config["spec"]["settings"]["epochs"]
    assert not run.is_finished
    assert run.progress == f"epoch {fake_runs.EPOCHS} of {planned}"
    assert verdicts()["C1"]["verdict"] == "inconclusive"
    assert f"unfinished: vae_32 to {run.progress}" in verdicts()["C1"]["reason"]
    assert verdicts()["C9"]["reason"] != verdicts()["C1"]["reason"]

    content = recorded_content.load("quick")
    (settings,) = content.settings_of([run.pair])
    seen = generated_faces.faces_seen(settings, fake_runs.EPOCHS)
    assert generated_faces.rows(content)[0][1] == f"{seen:,}"
    assert content.cpu_seconds(*run.pair) == f"{run.result['cpu_seconds']:,.0f}"

    page = build_report(monkeypatch, tmp_path)
    caption = page[page.index('id="fig:vae-loss"') :].partition("</figure>")[0]
    assert f"vae_32 to {run.progress}" in caption.replace("\\", "")
    assert "<img" in caption
    row = page[page.index('id="tbl:vae-losses"') :].partition("</tr>")[2].partition("</tr>")[0]
    losses = [each.result["metrics"]["loss"] for each in (run, *recorded("vae_32", 1))]
    assert f"{sum(losses) / 2:.4f}" in row
    assert run.progress in row

    fake_runs.write(tmp_path, study)
    assert status(record.main, study) == 0
    assert recorded("vae_32", 0)[0].is_finished
    assert "unfinished" not in verdicts()["C1"]["reason"]


@pytest.mark.slow
def test_runs_of_which_only_numbers_are_known_say_so(study, tmp_path, monkeypatch):
    assert status(record.main, study) == 0
    for run in recorded_runs.load_all("quick"):
        if run.key.experiment == "text2text":
            (run.key.path / "history.jsonl").unlink()
    record.write_derived("quick")
    assert verdicts()["C11"]["verdict"] == "inconclusive"
    assert "only the last numbers" in verdicts()["C11"]["reason"]
    assert "only the last numbers" not in verdicts()["C9"]["reason"]
    page = build_report(monkeypatch, tmp_path)
    curves = page[page.index('id="fig:text2text-curves"') :].partition("</figure>")[0]
    assert "not recorded: of text2text" in curves
    assert "<img" not in curves
    bars = page[page.index('id="fig:text2text-accuracy"') :].partition("</figure>")[0]
    assert "<img" in bars


@pytest.mark.slow
def test_seeds_with_epochs_are_drawn_though_others_have_only_numbers(study):
    assert status(record.main, study) == 0
    for run in recorded("text2text", 1):
        (run.key.path / "history.jsonl").unlink()
    content = recorded_content.load("quick")
    figure = content.figure("text2text-curves")
    content = content.drawn(paths.DATA.parent / "drawn", content.every_figure())
    assert content.why_not_drawn(figure) == ""
    assert content.figure_conditions(figure).endswith("seed 0")
    record.write_derived("quick")
    assert {run.rpartition("/")[2] for run in verdicts()["C9"]["runs"]} == {"seed-0", "seed-1"}
    assert {run.rpartition("/")[2] for run in verdicts()["C20"]["runs"]} == {"seed-0"}


def test_a_profile_without_a_record_is_refused_in_one_line(study, capsys):
    assert status(recorded_report.main, ["PROFILE=quick"]) == 2
    assert "no run of the quick profile is recorded" in capsys.readouterr().err
