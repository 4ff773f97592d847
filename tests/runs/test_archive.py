import json
import logging
import shutil

import pytest

from lib.config.request import parse, planned
from lib.runs import archive, checkpoints, directories, plan
from lib.system import files


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A finished run directory, and the spec that it was trained for."""
    monkeypatch.setattr(plan, "data_used", lambda run: {})
    (only,) = planned(parse(["PROFILE=smoke"]), ["vae-32"])
    folder, spec = tmp_path / "seed-0", plan.spec(only, 1)
    files.write_json(folder / "config.json", {"spec": spec})
    files.write_text(folder / "history.jsonl", '{"epoch": 1}\n')
    checkpoints.save(folder / directories.CHECKPOINT, 1, {}, {})
    files.write_json(folder / "result.json", {"metrics": {}})
    return folder, spec


def edited(spec, part, path):
    return {**spec, "code": {**spec["code"], part: {**spec["code"][part], path: "edited"}}}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_run_of_the_same_spec_stays(run):
    folder, spec = run
    before = names(folder)
    archive.make_room(folder, spec)
    assert names(folder) == before
    assert names(folder.parent) == ["seed-0"]


def test_a_run_by_other_training_code_is_archived_with_the_reason(run, caplog):
    folder, spec = run
    archive.make_room(folder, edited(spec, "training", "lib/models/faces/vae.py"))
    assert names(folder) == []
    (archived,) = folder.parent.glob("seed-0.archived-*")
    assert names(archived) == ["checkpoint", "config.json", "history.jsonl", "result.json"]
    (line,) = caplog.messages
    assert (
        f"was made with other code (lib/models/faces/vae.py); it is archived as {archived}" in line
    )


def test_an_archived_run_comes_back_when_the_code_is_as_before(run):
    folder, spec = run
    archive.make_room(folder, edited(spec, "training", "lib/models/faces/vae.py"))
    archive.make_room(folder, spec)
    assert names(folder) == ["checkpoint", "config.json", "history.jsonl", "result.json"]
    assert names(folder.parent) == ["seed-0"]


def test_a_run_by_other_evaluation_code_loses_only_its_result(run, caplog):
    folder, spec = run
    caplog.set_level(logging.INFO)
    wanted = edited(spec, "evaluation", "lib/metrics/latent.py")
    archive.make_room(folder, wanted)
    assert names(folder) == ["checkpoint", "config.json", "history.jsonl"]
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["spec"] == wanted
    assert "other code (lib/metrics/latent.py); evaluating it again" in caplog.messages[0]
    archive.make_room(folder, wanted)
    assert names(folder) == ["checkpoint", "config.json", "history.jsonl"]


def test_a_finished_run_that_cannot_be_evaluated_again_is_archived(run):
    folder, spec = run
    shutil.rmtree(folder / directories.CHECKPOINT)
    archive.make_room(folder, edited(spec, "evaluation", "lib/metrics/latent.py"))
    assert names(folder) == []
    (archived,) = folder.parent.glob("seed-0.archived-*")
    assert names(archived) == ["config.json", "history.jsonl", "result.json"]


def test_what_was_evaluated_before_the_end_goes_with_the_code_that_evaluated_it(run):
    folder, spec = run
    files.write_json(folder / "unfinished" / "result.json", {"metrics": {}})
    archive.make_room(folder, edited(spec, "evaluation", "lib/metrics/latent.py"))
    assert "unfinished" not in names(folder)


def test_an_archived_run_comes_back_to_be_evaluated_again(run):
    folder, spec = run
    archive.make_room(folder, {**spec, "threads": 2})
    wanted = edited(spec, "evaluation", "lib/metrics/latent.py")
    archive.make_room(folder, wanted)
    assert names(folder) == ["checkpoint", "config.json", "history.jsonl"]
    assert names(folder.parent) == ["seed-0"]
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))["spec"] == wanted
