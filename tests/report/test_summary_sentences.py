"""The sentences of the abstract and the line of evidence for each claim."""

import pytest

from original.published import published
from report import summary
from report.criteria.claims import evaluated, suspected
from report.criteria.findings import REPRODUCED
from tests.report.claimed_study import content
from tests.report.contradictions import CONTRADICTIONS, VAE_32, VAE_64, evaluate


def test_the_abstract_counts_every_claim(as_claimed):
    assert summary.counts(as_claimed) == "20 reproduced, 1 not reproduced, 1 not run"


def test_the_abstract_names_decided_claims_only(tmp_path, as_claimed):
    texts = published()["claims"]
    reproduced, refuted = summary.decided(as_claimed, texts)
    assert reproduced.startswith("Reproduced: ")
    assert refuted == f"Not reproduced: {texts['C21']['summary']} (C21)."
    for name, claim in as_claimed.items():
        assert (f"({name})" in reproduced) == (claim.verdict == REPRODUCED)


def test_the_abstract_says_nothing_of_runs_that_decide_nothing(tmp_path):
    smoke = content(tmp_path, arguments=("PROFILE=smoke", "SEEDS=0 1 2"))
    assert summary.decided(evaluated(smoke), published()["claims"]) == []
    # E8 needs no run, but the smoke profile decides nothing.
    assert summary.decided(suspected(smoke), published()["defects"]) == []


def test_evidence_is_a_condition_that_explains_the_verdict(tmp_path, as_claimed):
    assert "required: above 0)" in summary.evidence(as_claimed["C1"])
    refuted = evaluate("C9", tmp_path, CONTRADICTIONS["C9"])
    line = summary.evidence(refuted)
    assert line.startswith("test accuracy, 25%: 0.8000")
    assert line.endswith("(required: above 0.95)")


def test_the_distance_from_a_curve_is_evidence_only_if_it_decides(tmp_path, as_claimed):
    assert "figure 5" not in summary.evidence(as_claimed["C1"])
    elsewhere = evaluate("C1", tmp_path, (*VAE_64, "series.loss", [0.55] * 50))
    assert "figure 5" in summary.evidence(elsewhere)


def test_a_claim_without_runs_has_no_evidence(tmp_path):
    made = content(tmp_path)
    del made.runs[VAE_32]
    assert summary.evidence(evaluated(made)["C1"]) == ""


@pytest.mark.parametrize("part", ["claims", "defects"])
def test_every_claim_and_defect_has_a_summary(part):
    for each in published()[part].values():
        assert each["summary"]
        assert not each["summary"].endswith(".")
