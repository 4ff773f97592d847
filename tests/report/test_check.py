"""The verdicts for other programs and for the terminal."""

import json

import pytest

from lib.system import paths
from report.criteria.claims import as_json, evaluated, suspected
from report.criteria.findings import INCONCLUSIVE, NOT_REPRODUCED, REPRODUCED, VERDICTS
from report.reference import check, record, results
from tests import fake_runs
from tests.report.claimed_study import content
from tests.report.contradictions import CONTRADICTED, CONTRADICTIONS, SEEDLESS


def test_claims_for_machines_are_whole_and_plain_json(tmp_path, as_claimed):
    made = content(tmp_path)
    record = json.loads(json.dumps(as_json(made, as_claimed, suspected(made)), allow_nan=False))
    assert set(record) == {"profile", "seeds", "conditions", "claims", "defects"}
    assert len(record["claims"]) == 22
    for claim in record["claims"]:
        assert set(claim) == {
            *("id", "claim", "criterion", "criterion_version", "evidence"),
            *("verdict", "reason", "full_scale", "runs"),
        }
        assert claim["verdict"] in VERDICTS
        assert claim["criterion"]
        for finding in claim["evidence"]:
            assert finding["seeds"] == (1 if claim["id"] == SEEDLESS else 3)
            assert finding["holds"] in (True, None) or claim["id"] == CONTRADICTED
            assert isinstance(finding["mean"], float)
    assert "runs/paper/vae_32/published/seed-2" in record["claims"][0]["runs"]


def test_only_opposite_verdicts_contradict_the_reference(tmp_path, as_claimed):
    known = as_json(content(tmp_path), as_claimed, {})["claims"]
    assert check.opposite_verdicts(as_claimed, known) == {}
    changes = {CONTRADICTIONS[name][:3]: CONTRADICTIONS[name][3] for name in ("C1", "C9")}
    now = evaluated(content(tmp_path, changes=changes))
    opposite = (NOT_REPRODUCED, REPRODUCED)
    assert check.opposite_verdicts(now, known) == {"C1": opposite, "C9": opposite}
    open_ones = evaluated(content(tmp_path, arguments=("PROFILE=paper",)))
    assert open_ones["C1"].verdict == INCONCLUSIVE
    assert check.opposite_verdicts(open_ones, known) == {}


def test_verdict_lines_fit_the_terminal_and_count(as_claimed):
    runs = [f"runs/paper/text2text/train-10/seed-{seed}" for seed in range(10)]
    recorded = results.ReferenceResults({}, {"C9": {"verdict": NOT_REPRODUCED, "runs": runs}})
    lines = check.verdict_lines(as_claimed, recorded, width=80)
    assert max(map(len, lines)) <= 80
    assert next(line for line in lines if line.startswith("C9 ")).split()[:5] == [
        *("C9", "reproduced", "not", "reproduced,", "10")
    ]
    assert [line.split()[0] for line in lines if line[0] == "C"] == list(as_claimed)
    assert lines[-1] == "20 reproduced, 1 not run, 1 not reproduced"


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return fake_runs.built(tmp_path_factory.getbasetemp())


def test_check_fails_if_a_verdict_is_the_opposite_of_the_reference_s(work, tmp_path, monkeypatch):
    for name in ("data", "runs"):
        monkeypatch.setattr(paths, name.upper(), work / name)
    monkeypatch.setattr(check, "OUTPUT", tmp_path / "claims.json")
    known = {}
    monkeypatch.setattr(record, "read", known.get)

    def status():
        with pytest.raises(SystemExit) as end:
            check.main(fake_runs.ARGUMENTS)
        return end.value.code

    assert status() == 0, "no reference"
    verdicts = json.loads((tmp_path / "claims.json").read_text(encoding="utf-8"))
    known["quick"] = {"runs": [], "images": {}, **verdicts}
    assert status() == 0
    by_id = {claim["id"]: claim for claim in verdicts["claims"]}
    assert by_id["C1"]["verdict"] == "inconclusive"
    by_id["C1"]["verdict"] = "reproduced"
    assert status() == 0
    assert by_id["C10"]["verdict"] == "not reproduced"  # needs no images, so no stand-in
    by_id["C10"]["verdict"] = "reproduced"
    assert status() == 1
