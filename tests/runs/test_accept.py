import json
import math

import pytest

from lib.config.request import parse, planned
from lib.runs import accept, code
from lib.system import files, paths
from lib.system.errors import UserError

RESULT = {"weights_sha256": "w", "metrics": {"loss": 1.0, "smoothness": math.nan}}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The only requested run; the work folder is new, and nothing is proven so far."""
    monkeypatch.setattr(paths, "WORK", tmp_path / "after")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "after" / "runs")
    monkeypatch.setattr(code, "EQUAL", tmp_path / "equal_code.json")
    files.write_json(code.EQUAL, {})
    return planned(parse(["PROFILE=smoke"]), ["vae-32"])[0]


def finish(run, work, code_of_run, **changes):
    folder = work / run.key.path.relative_to(paths.WORK)
    files.write_json(folder / "config.json", {"spec": {"code": code_of_run}})
    files.write_json(folder / "result.json", {**RESULT, **changes})


def earlier(run, digest="earlier"):
    return {**code.code_of(run.settings), "training": {"lib/models/faces/vae.py": digest}}


def test_equal_weights_and_metrics_make_earlier_code_equal(run, tmp_path):
    finish(run, paths.WORK, code.code_of(run.settings))
    finish(run, tmp_path / "before", earlier(run))
    files.write_json(code.EQUAL, accept.accept([run], tmp_path / "before"))
    current = code.code_of(run.settings)["training"]
    for digest, is_equal in (("earlier", True), ("other", False)):
        found = code.fingerprint(earlier(run, digest)["training"])
        assert code.is_equal(found, current) is is_equal


def test_what_was_equal_to_the_earlier_code_is_equal_to_the_current(run, tmp_path):
    first, second = (earlier(run, digest)["training"] for digest in ("first", "second"))
    files.write_json(code.EQUAL, {code.fingerprint(second): [code.fingerprint(first)]})
    finish(run, paths.WORK, code.code_of(run.settings))
    finish(run, tmp_path / "before", earlier(run, "second"))
    files.write_json(code.EQUAL, accept.accept([run], tmp_path / "before"))
    assert code.is_equal(code.fingerprint(first), code.code_of(run.settings)["training"])


def test_runs_by_other_code_that_evaluates_are_refused(run, tmp_path):
    finish(run, tmp_path / "before", earlier(run))
    other = {**code.code_of(run.settings), "evaluation": {"lib/metrics/latent.py": "other"}}
    finish(run, paths.WORK, other)
    with pytest.raises(UserError, match="was not trained by the current code"):
        accept.accept([run], tmp_path / "before")


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"weights_sha256": "v"}, "weights_sha256"), ({"metrics": {"loss": 1.1}}, "metrics")],
)
def test_other_results_are_refused(run, tmp_path, changes, named):
    finish(run, paths.WORK, code.code_of(run.settings))
    finish(run, tmp_path / "before", earlier(run), **changes)
    with pytest.raises(UserError, match=f"vae_32/published/seed-0: {named} differ"):
        accept.accept([run], tmp_path / "before")


def test_runs_that_are_missing_or_not_by_the_current_code_are_refused(run, tmp_path):
    finish(run, paths.WORK, code.code_of(run.settings))
    with pytest.raises(UserError, match=r"before.*holds no finished run"):
        accept.accept([run], tmp_path / "before")
    finish(run, tmp_path / "before", earlier(run))
    finish(run, paths.WORK, earlier(run))
    with pytest.raises(UserError, match="was not trained by the current code"):
        accept.accept([run], tmp_path / "before")


def test_the_command_writes_what_is_proven(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(accept, "planned", lambda request: [run])
    finish(run, paths.WORK, code.code_of(run.settings))
    finish(run, tmp_path / "before", earlier(run))
    with pytest.raises(SystemExit) as ended:
        accept.main(["PROFILE=smoke", f"BEFORE={tmp_path / 'before'}"])
    assert not ended.value.code
    assert "1 runs are equal" in capsys.readouterr().out
    (proven,) = json.loads(code.EQUAL.read_text(encoding="utf-8")).values()
    assert proven == [code.fingerprint(earlier(run)["training"])]
    with pytest.raises(SystemExit) as ended:
        accept.main(["PROFILE=smoke"])
    assert ended.value.code == 2
