import dataclasses
import json
import math

import numpy as np
import pytest
from scipy import stats

from original.published import curve
from report.criteria import image2text, text2text
from report.criteria.claims import CRITERIA, as_json, evaluated, suspected
from report.criteria.comparisons import gain
from report.criteria.findings import (
    INCONCLUSIVE,
    NEVER,
    NOT_REPRODUCED,
    NOT_RUN,
    OTHER_CURVE,
    REPRODUCED,
    VERDICTS,
    Finding,
    verdict,
)
from report.criteria.gan import clipped_fraction
from report.reference import check, results
from report.reference.recorded_content import RecordedContent
from report.reference.recorded_runs import RecordedRun
from tests.report.claimed_study import (
    BLACK_AT_FIRST,
    DIGITS,
    GREY,
    PUBLISHED,
    content,
    published_series,
)

VAE_32, VAE_64 = ("vae_32", PUBLISHED), ("vae_64", PUBLISHED)
WIDE, GAN_64 = ("vae_64_wide", PUBLISHED), ("gan_64", PUBLISHED)
FIRST_EPOCH = ("gan_first_epoch", PUBLISHED)
BARE, READER = ("image2text", "flatten-unaugmented"), ("image2text", "convlstm")
DEEP, FLAT = ("text2image", "2-1-512"), ("text2image", "1-1-512")
TENTH, QUARTER = ("text2text", "train-10"), ("text2text", "train-25")
LATE_GAIN = np.repeat([-0.05, 0.05], [75, 25])  # on top of a curve, and within its tolerance

# What makes each claim false: the number, and its value there.
CONTRADICTIONS = {
    "C1": (*VAE_32, "loss", 0.45),
    "C2": (*VAE_32, "samples_sharpness", 150.0),
    "C3": (*WIDE, "loss", 0.57),
    "C4": (*VAE_64, "interpolation_smoothness", 3.0),
    "C5": (*GAN_64, "samples_swd", 120.0),
    "C6": (*GAN_64, "samples_sharpness", 1300.0),
    "C7": (*FIRST_EPOCH, "samples.samples", GREY),
    "C8": (*GAN_64, "interpolation_smoothness", 3.0),
    "C9": (*QUARTER, "test_accuracy", 0.8),
    "C10": (*TENTH, "test_accuracy", 0.9),
    "C11": (
        *(*TENTH, "series.val_accuracy"),
        (published_series(11, "train_10_validation", 100) + LATE_GAIN).tolist(),
    ),
    "C12": (*READER, "validation_accuracy", 0.95),
    "C13": (*READER, "series.val_accuracy", [0.4] * 200),
    "C14": (*BARE, "validation_accuracy", 0.7),
    "C15": (*READER, "validation_accuracy", 0.9),
    "C16": (*DEEP, "validation_loss", 0.04),
    "C17": (*FLAT, "samples.training_predictions", DIGITS),
    "C19": (*VAE_64, "reconstruction_loss", 0.499),
    "C20": (*TENTH, "series.val_accuracy", [0.99] * 100),
    "C21": (*TENTH, "series.val_accuracy", [0.6] * 100),
    "C22": (*VAE_64, "sizes.distinct", 1),
}
# Evaluated from the data alone, which no seed changes; suggested, or contradicted, by the original.
SEEDLESS, PROPOSED, CONTRADICTED = "C22", "C18", "C21"


def seeds_apart(middle, step):
    """A number that differs from seed to seed by far more than any effect."""
    return lambda seed: middle + (seed - 1) * step


# The number of the same claim that the seeds disagree on; its mean is that of the claim.
NOISE = {
    "C1": (*VAE_32, "loss", seeds_apart(0.60, 0.1)),
    "C2": (*VAE_32, "samples_sharpness", seeds_apart(300, 250)),
    "C3": (*WIDE, "loss", seeds_apart(0.591, 0.1)),
    "C4": (*VAE_64, "interpolation_smoothness", seeds_apart(1.2, 0.19)),
    "C5": (*GAN_64, "samples_swd", seeds_apart(60, 20)),
    "C6": (*GAN_64, "samples_sharpness", seeds_apart(300, 290)),
    "C7": (*FIRST_EPOCH, "samples.samples", lambda seed: BLACK_AT_FIRST + np.uint8(40 * seed)),
    "C8": (*GAN_64, "interpolation_smoothness", seeds_apart(1.2, 0.19)),
    "C9": (*QUARTER, "test_accuracy", seeds_apart(0.9617, 0.03)),
    "C10": (*TENTH, "test_accuracy", seeds_apart(0.6789, 0.1)),
    "C11": (
        *(*TENTH, "series.accuracy"),
        lambda seed: [*published_series(11, "train_10_training", 99), 0.95 + 0.05 * (seed - 1)],
    ),
    "C12": (*READER, "validation_accuracy", seeds_apart(0.55, 0.4)),
    "C13": (*READER, "series.val_accuracy", lambda seed: [0.5 + (seed - 1) * 0.3] * 200),
    "C14": (*BARE, "validation_accuracy", seeds_apart(0.423, 0.2)),
    "C15": (*READER, "validation_accuracy", seeds_apart(0.55, 0.1)),
    "C16": (*DEEP, "validation_loss", seeds_apart(0.0546, 0.005)),
    "C17": (
        *(*FLAT, "samples.training_predictions"),
        lambda seed: np.uint8(DIGITS * (0.1 + 0.42 * seed)),
    ),
    "C19": (*VAE_64, "reconstruction_loss", seeds_apart(0.15, 0.1)),
    "C20": (*TENTH, "series.val_accuracy", lambda seed: [0.99] * 100 if seed else [0.3, 0.99] * 50),
}


def evaluate(claim, work, change=None, **asked):
    changes = {tuple(change[:3]): change[3]} if change else {}
    return evaluated(content(work, changes=changes, **asked))[claim]


@pytest.fixture(scope="module")
def as_claimed(tmp_path_factory):
    return evaluated(content(tmp_path_factory.mktemp("claimed")))


@pytest.mark.parametrize("claim", sorted(set(CONTRADICTIONS) - {CONTRADICTED}))
def test_what_the_original_claims_is_reproduced(claim, as_claimed):
    found = as_claimed[claim]
    assert found.verdict == REPRODUCED, (found.reason, found.findings)


@pytest.mark.parametrize("claim", CONTRADICTIONS)
def test_what_contradicts_a_claim_is_not_reproduced(claim, tmp_path):
    assert evaluate(claim, tmp_path, CONTRADICTIONS[claim]).verdict == NOT_REPRODUCED


@pytest.mark.parametrize("claim", NOISE)
def test_what_the_seeds_disagree_on_is_inconclusive(claim, tmp_path):
    found = evaluate(claim, tmp_path, NOISE[claim])
    assert found.verdict == INCONCLUSIVE, (found.reason, found.findings)
    assert "within seed noise" in found.reason


@pytest.mark.parametrize(("looks", "decided"), [(1, REPRODUCED), (2, INCONCLUSIVE)])
def test_seeds_that_were_added_after_a_look_have_wider_intervals(
    looks, decided, tmp_path, monkeypatch
):
    """A bound between the lower ends of the seeds' intervals of 95% and of 97.5%."""
    accuracies = np.array([0.978, 0.980, 0.985])
    error = stats.sem(accuracies)
    ends = [stats.t.interval(level, 2, accuracies.mean(), error)[0] for level in (0.95, 0.975)]
    monkeypatch.setattr(text2text, "HIGH", sum(ends) / 2)
    criterion = dataclasses.replace(CRITERIA["C9"], looks=looks)
    monkeypatch.setitem(CRITERIA, "C9", criterion)
    change = (*QUARTER, "test_accuracy", lambda seed: float(accuracies[seed]))
    assert evaluate("C9", tmp_path, change).verdict == decided
    assert ("97.5%" in criterion.text) == (looks == 2)


def test_each_claim_has_a_criterion(as_claimed):
    assert list(as_claimed) == [f"C{number}" for number in range(1, 23)]
    assert as_claimed[PROPOSED].verdict == NOT_RUN
    assert set(CONTRADICTIONS) == set(CRITERIA) - {PROPOSED}
    assert set(NOISE) == set(CONTRADICTIONS) - {SEEDLESS, CONTRADICTED}


def test_the_original_s_own_figure_contradicts_what_it_says_of_a_few_thousand_examples(as_claimed):
    assert as_claimed[CONTRADICTED].verdict == NOT_REPRODUCED
    assert curve(11, "train_10_validation")[41] < 0.65


def test_what_the_original_proposed_is_evaluated_with_the_corrected_study(tmp_path):
    words = ("PROFILE=paper", "SEEDS=0 1 2", "STUDY=corrected")
    assert evaluate("C18", tmp_path, words=words).verdict == REPRODUCED
    quick = ("PROFILE=quick", *words[1:])
    assert evaluate("C18", tmp_path, words=quick).verdict == INCONCLUSIVE
    worse = ("digit_classifier", "corrected", "solver_unseen_instances_exact_match", 0.01)
    assert evaluate("C18", tmp_path, worse, words=words).verdict == NOT_REPRODUCED


def test_one_seed_decides_levels_but_no_differences(tmp_path):
    found = evaluated(content(tmp_path, words=("PROFILE=paper",)))
    differences = {"C1", "C2", "C16", "C20"}
    for name in set(CONTRADICTIONS) - differences - {CONTRADICTED}:
        assert found[name].verdict == REPRODUCED, (name, found[name].reason, found[name].findings)
    for name in differences:
        assert (found[name].verdict, found[name].reason) == (INCONCLUSIVE, "one seed")


def test_a_reduced_scale_decides_only_what_holds_at_any_scale(tmp_path):
    words = ("PROFILE=quick", "SEEDS=0 1 2")
    found = evaluated(content(tmp_path, words=words))
    decided = {name for name, claim in found.items() if claim.verdict == REPRODUCED}
    # C10 and C11 rest on runs that the quick profile does not reduce.
    assert decided == {"C4", "C8", "C9", "C10", "C11", "C19", "C22"}
    assert not {claim.verdict for claim in found.values()} & {NOT_REPRODUCED}
    for claim, verdict_there in (("C15", NOT_REPRODUCED), ("C9", INCONCLUSIVE)):
        there = evaluate(claim, tmp_path, CONTRADICTIONS[claim], words=words)
        assert there.verdict == verdict_there


@pytest.mark.parametrize(
    ("claim", "run", "change"),
    [
        ("C1", VAE_64, ("series.loss", [0.55] * 50)),
        ("C16", FLAT, ("series.loss", [0.07] * 13)),
        ("C11", TENTH, ("series.accuracy", [0.95] * 100)),
        ("C13", READER, ("series.val_accuracy", [0.55] * 200)),
    ],
)
def test_a_curve_that_is_not_the_published_one_leaves_open_what_would_be_reproduced(
    claim, run, change, tmp_path
):
    found = evaluate(claim, tmp_path, (*run, *change))
    assert (found.verdict, found.reason) == (INCONCLUSIVE, OTHER_CURVE)


def test_the_published_curves_themselves_bear_out_the_claims_about_overfitting():
    """C11 and C14, by the bounds that our runs are held to."""
    for split in ("train_10", "train_05"):
        training, validation = (
            np.array(published_series(11, f"{split}_{words}", 100))
            for words in ("training", "validation")
        )
        assert training[-1] > text2text.TO_ONE
        assert training[-1] - validation[-1] > text2text.GAP
        assert gain(validation) < text2text.STALLED
    for encoder in ("flatten", "convlstm"):
        bare, both = (
            [
                published_series(figure, f"{encoder}_{words}", epochs)[-1]
                for words in ("training", "validation")
            ]
            for figure, epochs in ((13, 500), (12, 100))
        )
        assert bare[0] > image2text.TO_ONE
        assert bare[1] < image2text.LOW
        assert abs(both[0] - both[1]) < image2text.TOGETHER


def test_a_changed_setting_is_not_the_full_scale(tmp_path):
    found = evaluate("C6", tmp_path, words=("PROFILE=paper", "SEEDS=0 1 2", "STEPS_PER_EPOCH=3"))
    assert (found.verdict, found.reason) == (INCONCLUSIVE, "reduced scale")


def test_other_models_than_the_original_s_decide_nothing(tmp_path):
    words = ("PROFILE=paper", "SEEDS=0 1 2", "LATENT_DIM=48")
    found = evaluated(content(tmp_path, words=words))
    assert (found["C1"].verdict, found["C8"].verdict) == (INCONCLUSIVE, INCONCLUSIVE)
    assert "LATENT_DIM=48" in found["C1"].reason
    assert found["C9"].verdict == REPRODUCED


def test_stand_in_data_and_the_smoke_profile_decide_nothing_about_what_reads_them(tmp_path):
    on_synthetic = evaluated(content(tmp_path, synthetic=True))
    assert on_synthetic["C1"].verdict == INCONCLUSIVE
    assert "stand-in faces" in on_synthetic["C1"].reason
    assert on_synthetic["C9"].verdict == REPRODUCED
    smoke = evaluated(content(tmp_path, words=("PROFILE=smoke", "SEEDS=0 1 2")))
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


def test_a_missing_run_leaves_its_claims_open(tmp_path):
    made = content(tmp_path)
    del made.runs["vae_32", PUBLISHED]
    found = evaluated(made)
    assert found["C1"].verdict == NOT_RUN
    assert "make vae-32" in found["C1"].reason
    assert found["C3"].verdict == REPRODUCED


@pytest.mark.parametrize(("accuracy", "verdict"), [(0.7, NOT_REPRODUCED), (0.4, NOT_RUN)])
def test_one_encoder_may_refute_what_is_claimed_of_both(tmp_path, accuracy, verdict):
    made = content(tmp_path, changes={(*BARE, "validation_accuracy"): accuracy})
    del made.runs["image2text", "convlstm-unaugmented"]
    found = evaluated(made)["C14"]
    assert found.verdict == verdict
    if verdict == NOT_RUN:
        assert "make image2text" in found.reason
    assert all(finding.values for finding in found.findings)


def test_numbers_alone_may_refute_where_epochs_are_not_known(tmp_path):
    made = content(tmp_path, changes={(*BARE, "validation_accuracy"): 0.7})
    recorded = [RecordedRun(run.key, run.config, run.result) for run in made.runs[BARE]]
    made.runs[BARE] = recorded
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
    made = content(tmp_path, changes={(*BARE, "validation_accuracy"): accuracy})
    runs = dict(made.runs)
    runs[READER] = [
        RecordedRun(run.key, {"spec": {"settings": {"epochs": 200}}}, {"epochs": 80})
        for run in runs[READER]
    ]
    claims = evaluated(RecordedContent(made.asked, runs))
    assert claims["C14"].verdict == verdict
    assert claims["C15"].verdict == INCONCLUSIVE
    assert claims["C15"].reason == "unfinished: image2text/convlstm to epoch 80 of 200"
    assert claims["C9"].verdict == REPRODUCED


def test_noise_larger_than_the_effect_is_never_called_reproduced():
    random = np.random.default_rng(0)
    for _ in range(300):
        seeds = int(random.integers(2, 6))
        effect = random.uniform(0, 1)
        noise = random.standard_normal(seeds)
        noise -= noise.mean()
        # Student's quantile exceeds 1.95 whatever the number of seeds.
        noise *= effect * math.sqrt(seeds) / noise.std(ddof=1) / 1.95
        for bounds in ({"low": 0}, {"low": -9, "high": 2 * effect}):
            finding = Finding("", tuple(effect + noise), **bounds)
            assert verdict([finding], full_scale=True)[0] == INCONCLUSIVE


def test_interval_is_that_of_students_t_in_a_textbook():
    # The quantile for 3 degrees of freedom, 95% two-sided, is 3.182 in every table; these values
    # have the standard deviation 2, so the half-width is 3.182 * 2 / sqrt(4).
    values = (5 - math.sqrt(3), 5 - math.sqrt(3), 5 + math.sqrt(3), 5 + math.sqrt(3))
    mean, half_width = Finding("", values).interval
    assert mean == pytest.approx(5)
    assert half_width == pytest.approx(3.182, abs=5e-4)


@pytest.mark.parametrize(
    ("values", "margin", "holds"),
    [
        ((1.3,), 0.2, True),
        ((1.1,), 0.2, None),
        ((0.9,), 0.2, None),
        ((0.7,), 0.2, False),
        ((1.3,), None, None),
        ((1.30, 1.31), None, True),
        ((0.70, 0.71), None, False),
        ((1.0, 1.0), None, None),
        ((math.nan, 2.0), None, None),
    ],
)
def test_a_finding_holds_beyond_its_interval_or_margin(values, margin, holds):
    assert Finding("", values, low=1, margin=margin).evaluation(full_scale=True)[0] is holds


def test_what_no_outcome_of_a_reduced_scale_decides_says_so_before_it_asks_for_seeds():
    needs_scale = Finding("", (1.0,), low=0, at_reduced_scale=NEVER)
    assert needs_scale.evaluation(full_scale=False) == (None, "reduced scale")
    assert needs_scale.evaluation(full_scale=True) == (None, "one seed")


def test_one_refuted_condition_refutes_and_an_open_one_leaves_open():
    true, false, none = (Finding("", (v, v), low=0) for v in (1.0, -1.0, math.nan))
    assert verdict([true, none, false], full_scale=True)[0] == NOT_REPRODUCED
    assert verdict([true, none], full_scale=True)[0] == INCONCLUSIVE
    assert verdict([true, true], full_scale=True)[0] == REPRODUCED
    assert verdict([], full_scale=True)[0] == INCONCLUSIVE


def test_clipped_fraction_counts_what_is_negative_for_the_generator():
    assert clipped_fraction(np.array([0, 127, 128, 255], np.uint8)) == 0.5


def test_gain_compares_the_last_quarter_with_the_one_before():
    assert gain(np.array([9.0, 9, 9, 9, 1, 2, 4, 6])) == pytest.approx(3.5)
    assert math.isnan(gain(np.array([1.0])))


def test_claims_for_machines_are_whole_and_plain_json(tmp_path, as_claimed):
    made = content(tmp_path)
    record = json.loads(json.dumps(as_json(made, as_claimed, suspected(made)), allow_nan=False))
    assert set(record) == {"profile", "seeds", "conditions", "claims", "defects"}
    assert len(record["claims"]) == 22
    for claim in record["claims"]:
        assert set(claim) == {
            *("id", "claim", "criterion", "evidence"),
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
    open_ones = evaluated(content(tmp_path, words=("PROFILE=paper",)))
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
