"""A complete set of small made-up runs, and folders for a record of them and a README."""

import pytest

from lib.system import paths
from report.readme import gallery, sections
from report.reference import check, record, recorded_runs, writing
from tests import fake_runs


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Return the arguments that request the runs; the record is written below `tmp_path`."""
    arguments = ["PROFILE=quick", "SEEDS=0 1"]
    fake_runs.write(tmp_path, arguments)
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(recorded_runs, "FOLDER", tmp_path / "recorded")
    monkeypatch.setattr(check, "OUTPUT", tmp_path / "claims.json")
    begin, end = sections.marks("experiments")
    others = "".join("".join(sections.marks(name)) for name in ("images", "verdicts"))
    parts = f"before\n{begin}old\n{end}between\n{others}after\n"
    (tmp_path / "README.md").write_text(parts)
    monkeypatch.setattr(sections, "FILE", tmp_path / "README.md")
    monkeypatch.setattr(gallery, "REPOSITORY", tmp_path)
    monkeypatch.setattr(gallery, "FOLDER", tmp_path / "docs" / "images")
    return arguments


def status(main, arguments):
    """Return the exit status of a command."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


def recorded(name, seed):
    """Return the recorded runs of an experiment's variants and a seed."""
    runs = recorded_runs.load_all("quick")
    return [run for run in runs if (run.key.experiment, run.key.seed) == (name, seed)]


def changed(name, seed, change):
    """Apply `change` to config and result of the recorded runs of an experiment and a seed."""
    for run in recorded(name, seed):
        change(run.config, run.result)
        writing.write_json(run.key.path / "config.json", run.config)
        writing.write_json(run.key.path / "result.json", run.result)


def rewrite_verdict(name, **facts):
    """Replace facts of a recorded verdict."""
    file = recorded_runs.FOLDER / "quick" / "verdicts" / f"{name}.json"
    writing.write_json(file, recorded_runs.read_json(file) | facts)


def verdicts():
    """Return the recorded verdicts by the names of claims and defects."""
    known = record.read("quick")
    return {one["id"]: one for part in record.PARTS for one in known[part]}
