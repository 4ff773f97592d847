"""What seeds, scale, settings, data and missing runs do to verdicts."""

import pytest

from report.criteria.claims import evaluated
from report.criteria.findings import INCONCLUSIVE, NOT_REPRODUCED, NOT_RUN, OTHER_CURVE, REPRODUCED
from report.reference.recorded_content import RecordedContent
from report.reference.recorded_runs import RecordedRun
from tests.report.claimed_study import content
from tests.report.contradictions import (
    CONTRADICTED,
    CONTRADICTIONS,
    CONVLSTM,
    FLAT,
    GAN_64,
    TENTH,
    UNAUGMENTED,
    VAE_32,
    VAE_64,
    evaluate,
)


def test_one_seed_decides_levels_but_no_differences(tmp_path):
    found = evaluated(content(tmp_path, arguments=("PROFILE=paper",)))
    differences = {"C1", "C2", "C3", "C4", "C5", "C7", "C16", "C20"}
    for name in set(CONTRADICTIONS) - differences - {CONTRADICTED}:
        assert found[name].verdict == REPRODUCED, (name, found[name].reason, found[name].findings)
    for name in differences:
        assert (found[name].verdict, found[name].reason) == (INCONCLUSIVE, "one seed")


def test_a_reduced_scale_decides_only_what_holds_at_any_scale(tmp_path):
    arguments = ("PROFILE=quick", "SEEDS=0 1 2")
    found = evaluated(content(tmp_path, arguments=arguments))
    decided = {name for name, claim in found.items() if claim.verdict == REPRODUCED}
    # C10 and C11 rest on runs that the quick profile does not reduce.
    assert decided == {"C8", "C9", "C10", "C11", "C19", "C22"}
    assert not {claim.verdict for claim in found.values()} & {NOT_REPRODUCED}
    for claim, verdict_there in (("C15", NOT_REPRODUCED), ("C9", INCONCLUSIVE)):
        there = evaluate(claim, tmp_path, CONTRADICTIONS[claim], arguments=arguments)
        assert there.verdict == verdict_there


@pytest.mark.parametrize(
    ("claim", "run", "change"),
    [
        ("C1", VAE_64, ("series.loss", [0.55] * 50)),
        ("C16", FLAT, ("series.loss", [0.07] * 13)),
        ("C11", TENTH, ("series.accuracy", [0.95] * 100)),
        ("C13", CONVLSTM, ("series.val_accuracy", [0.55] * 200)),
    ],
)
def test_a_curve_that_is_not_the_published_one_leaves_open_what_would_be_reproduced(
    claim, run, change, tmp_path
):
    found = evaluate(claim, tmp_path, (*run, *change))
    assert found.verdict == INCONCLUSIVE
    assert found.reason == f"its own conditions hold, but {OTHER_CURVE}"


def test_a_changed_setting_is_not_the_full_scale(tmp_path):
    found = evaluate(
        "C6", tmp_path, arguments=("PROFILE=paper", "SEEDS=0 1 2", "STEPS_PER_EPOCH=3")
    )
    assert (found.verdict, found.reason) == (INCONCLUSIVE, "reduced scale")


def test_other_models_than_the_original_s_decide_nothing(tmp_path):
    arguments = ("PROFILE=paper", "SEEDS=0 1 2", "LATENT_DIM=48")
    found = evaluated(content(tmp_path, arguments=arguments))
    assert (found["C1"].verdict, found["C8"].verdict) == (INCONCLUSIVE, INCONCLUSIVE)
    assert "LATENT_DIM=48" in found["C1"].reason
    assert found["C9"].verdict == REPRODUCED


def test_stand_in_data_and_the_smoke_profile_decide_nothing_about_what_reads_them(tmp_path):
    on_synthetic = evaluated(content(tmp_path, synthetic=True))
    assert on_synthetic["C1"].verdict == INCONCLUSIVE
    assert "stand-in faces" in on_synthetic["C1"].reason
    assert on_synthetic["C9"].verdict == REPRODUCED
    smoke = evaluated(content(tmp_path, arguments=("PROFILE=smoke", "SEEDS=0 1 2")))
    assert {claim.verdict for claim in smoke.values()} == {INCONCLUSIVE, NOT_RUN}


def test_smooth_paths_between_like_ends_show_nothing(tmp_path):
    found = evaluate("C8", tmp_path, (*GAN_64, "samples_ms_ssim", 0.98))
    assert (found.verdict, found.reason) == (INCONCLUSIVE, "no contrast")


@pytest.mark.parametrize(
    ("claim", "run", "ends"), [("C4", VAE_64, "prior"), ("C8", GAN_64, "samples")]
)
def test_nor_do_steep_ones(claim, run, ends, tmp_path):
    like = {(*run, f"{ends}_ms_ssim"): 0.98, (*run, "interpolation_smoothness"): 1.9}
    found = evaluated(content(tmp_path, changes=like))[claim]
    assert (found.verdict, found.reason) == (INCONCLUSIVE, "no contrast")


@pytest.mark.parametrize("measure", ["sharpness", "swd"])
def test_smooth_paths_between_unlike_faces_do_not_look_alike(measure, tmp_path):
    unlike = evaluate("C4", tmp_path, (*VAE_64, f"prior_{measure}", 1e-3))
    assert unlike.verdict == NOT_REPRODUCED


def test_a_missing_run_leaves_its_claims_open(tmp_path):
    made = content(tmp_path)
    del made.runs[VAE_32]
    found = evaluated(made)
    assert found["C1"].verdict == NOT_RUN
    assert "make vae-32" in found["C1"].reason
    assert found["C3"].verdict == REPRODUCED


@pytest.mark.parametrize(("accuracy", "verdict"), [(0.7, NOT_REPRODUCED), (0.4, NOT_RUN)])
def test_one_encoder_may_refute_what_is_claimed_of_both(tmp_path, accuracy, verdict):
    made = content(tmp_path, changes={(*UNAUGMENTED, "validation_accuracy"): accuracy})
    del made.runs["image2text", "convlstm-unaugmented"]
    found = evaluated(made)["C14"]
    assert found.verdict == verdict
    if verdict == NOT_RUN:
        assert "make image2text" in found.reason
    assert all(finding.values for finding in found.findings)


def test_numbers_alone_may_refute_where_epochs_are_not_known(tmp_path):
    made = content(tmp_path, changes={(*UNAUGMENTED, "validation_accuracy"): 0.7})
    recorded = [RecordedRun(run.key, run.config, run.result) for run in made.runs[UNAUGMENTED]]
    made.runs[UNAUGMENTED] = recorded
    found = evaluated(made)["C14"]
    assert found.verdict == NOT_REPRODUCED
    assert "flattening LSTM without augmentation, training" not in {f.what for f in found.findings}
    for run in recorded:
        run.result["metrics"]["validation_accuracy"] = 0.4
    left_open = evaluated(made)["C14"]
    assert left_open.verdict == INCONCLUSIVE
    assert "only the last numbers" in left_open.reason


@pytest.mark.parametrize(("accuracy", "verdict"), [(0.7, NOT_REPRODUCED), (0.4, INCONCLUSIVE)])
def test_an_unfinished_run_leaves_a_claim_open_unless_another_refutes_it(
    tmp_path, accuracy, verdict
):
    made = content(tmp_path, changes={(*UNAUGMENTED, "validation_accuracy"): accuracy})
    runs = dict(made.runs)
    runs[CONVLSTM] = [
        RecordedRun(run.key, {"spec": {"settings": {"epochs": 200}}}, {"epochs": 80})
        for run in runs[CONVLSTM]
    ]
    claims = evaluated(RecordedContent(made.requested, runs))
    assert claims["C14"].verdict == verdict
    assert claims["C15"].verdict == INCONCLUSIVE
    assert claims["C15"].reason == "unfinished: image2text/convlstm to epoch 80 of 200"
    assert claims["C9"].verdict == REPRODUCED
