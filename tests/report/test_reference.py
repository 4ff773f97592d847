import json

import pytest

from lib import paths, request
from lib.errors import UserError
from report import check, experiments_table, reference
from report.agreement import AGREES, compare
from tests import fake_runs


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A complete set of small made-up runs, and a folder for the reference."""
    words = ["PROFILE=quick", "SEEDS=0 1"]
    fake_runs.write(tmp_path, words)
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(reference, "FOLDER", tmp_path / "reference")
    monkeypatch.setattr(check, "OUTPUT", tmp_path / "claims.json")
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{experiments_table.BEGIN}old\n{experiments_table.END}after\n")
    monkeypatch.setattr(experiments_table, "FILE", readme)
    return words


def status(main, words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    return ended.value.code


def test_a_written_reference_agrees_with_its_own_runs(study, tmp_path, capsys):
    assert reference.read("quick") is None
    assert status(reference.main, study) == 0
    known = reference.read("quick")
    asked = request.parse(study)
    assert len(known["runs"]) == len(request.planned(asked))
    assert {each.verdict for each in compare(reference.entries(asked), known["runs"])} == {AGREES}
    assert {claim["id"] for claim in known["claims"]} == {f"C{k}" for k in range(1, 19)}
    for entry in known["runs"]:
        config = json.loads(
            (
                tmp_path
                / "runs"
                / "quick"
                / entry["experiment"]
                / entry["variant"]
                / f"seed-{entry['seed']}"
                / "config.json"
            ).read_text()
        )
        assert entry["settings"] == config["identity"]["settings"]
        assert entry["command"] == config["command"]
    assert status(check.main, study) == 0
    assert "0 differs" in capsys.readouterr().out


def test_the_readme_s_table_has_a_row_for_each_experiment(study, tmp_path):
    assert status(reference.main, study) == 0
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    for goal in ("cae", "vae-64-wide", "text2image"):
        assert f"| `{goal}` |" in text


def test_a_run_that_was_only_begun_says_how_far_it_came(study):
    (planned,) = [each for each in request.planned(request.parse(["PROFILE=quick"]), ["vae-32"])]
    (planned.key.path / "result.json").unlink()
    entries = reference.entries(request.parse(study))
    (begun,) = [entry for entry in entries if "weights_sha256" not in entry]
    assert begun["experiment"] == "vae_32"
    assert begun["epochs"] == fake_runs.EPOCHS < begun["settings"]["epochs"]
    history = (planned.key.path / "history.jsonl").read_text().splitlines()
    assert begun["metrics"]["loss"] == json.loads(history[-1])["loss"]


@pytest.mark.parametrize("content", ["", "[]", '{"claims": []}', "\x00"])
def test_an_unreadable_reference_is_one_line(study, content):
    reference.FOLDER.mkdir()
    (reference.FOLDER / "quick.json").write_text(content)
    with pytest.raises(UserError, match=r"quick\.json .*restore it from git"):
        reference.read("quick")


def test_the_readme_is_up_to_date():
    text = experiments_table.FILE.read_text(encoding="utf-8")
    begin, end = (text.index(mark) for mark in (experiments_table.BEGIN, experiments_table.END))
    assert text[begin + len(experiments_table.BEGIN) : end] == experiments_table.table()
