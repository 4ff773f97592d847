import numpy as np
import pytest

from report.criteria.claims import DEFECT_CRITERIA, suspected
from report.criteria.findings import INCONCLUSIVE
from tests.report.claimed_study import BLACK_AT_FIRST, DIGITS, content

ARGUMENTS = ("PROFILE=paper", "SEEDS=0 1 2", "STUDY=corrected")
AS_PUBLISHED = "published"
FIRST_EPOCH = ("gan_first_epoch", AS_PUBLISHED)
WHITE = np.full_like(DIGITS, 255)
ONCE = ("image2text_ablation", "flatten-rescaled-once")
# What makes each suspected defect wrong: the number, and its value there.
REFUTATIONS = {
    "E1": ("vae_ablation", "mean-64", "posterior_kl", 200.0),
    "E2": (*FIRST_EPOCH, "samples.samples", np.full((1, 9, 64, 64, 3), 200, np.uint8)),
    "E3": ("image2text", "flatten", "validation_accuracy", 0.95),
    "E4": ("text2image_ablation", "random-validation", "validation_loss", 0.09),
    "E5": ("text2image_ablation", "resampled-digits", "samples.validation_predictions", DIGITS),
    "E6": ("text2text", "train-05", "test_exact_match", 0.54),
    "E7": ("vae_32", AS_PUBLISHED, "posterior_swd", 90.0),
    "E9": (*ONCE, "unseen_instances_accuracy", 0.9),
    "E10": ("text2image_ablation", "no-early-stopping-2-1-512", "validation_loss", 0.052),
    "E11": ("gan_ablation", "separate-optimizers", "samples.samples", BLACK_AT_FIRST),
    "E12": ("image2text_ablation", "flatten-unaugmented-most-queries", "validation_accuracy", 0.3),
    "E13": ("image2text_ablation", "flatten-interpolated-once", "series.accuracy", [0.5] * 100),
}
LISTED = "E8"  # no run can refute it


# Below mid-grey, but far from black.
DARK_GREY = np.full((2, 9, 64, 64, 3), 100, np.uint8)


def evaluate(work, change=None, arguments=ARGUMENTS):
    changes = {(*FIRST_EPOCH, "samples.samples"): DARK_GREY}
    if change:
        changes[change[:3]] = change[3]
    return suspected(content(work, arguments, changes))


def test_every_suspected_defect_has_a_criterion():
    assert set(DEFECT_CRITERIA) == {f"E{number}" for number in range(1, 14)}
    assert set(DEFECT_CRITERIA) == {*REFUTATIONS, LISTED}


def test_a_suspected_defect_is_confirmed_if_runs_show_it(tmp_path):
    for name, found in evaluate(tmp_path).items():
        assert found.verdict == "confirmed", (name, found.reason, found.findings)


@pytest.mark.parametrize("name", REFUTATIONS)
def test_evidence_against_a_suspected_defect_refutes_it(name, tmp_path):
    found = evaluate(tmp_path, REFUTATIONS[name])
    assert {other for other in found if found[other].verdict != "confirmed"} == {name}
    assert found[name].verdict == "refuted"


def test_blurred_images_that_are_no_averages_refute_e5(tmp_path):
    white = ("text2image_ablation", "random-validation", "samples.validation_predictions", WHITE)
    assert evaluate(tmp_path, white)["E5"].verdict == "refuted"


def test_a_lower_loss_without_a_lower_error_against_the_averages_refutes_e4(tmp_path):
    # The loss falls from .05 to .04, and the error against the averages rises from .005 to .0052.
    error_fraction = (
        "text2image_ablation",
        "random-validation",
        "average_digit_error_fraction",
        0.13,
    )
    assert evaluate(tmp_path, error_fraction)["E4"].verdict == "refuted"


def test_a_reduced_scale_decides_only_if_both_sides_are_reduced_alike(tmp_path):
    found = evaluate(tmp_path, arguments=("PROFILE=quick", *ARGUMENTS[1:]))
    decided = {name for name, each in found.items() if each.verdict == "confirmed"}
    assert decided == {"E1", "E2", "E3", "E4", "E6", "E7", "E8", "E9", "E11"}
    assert {each.verdict for each in found.values()} == {"confirmed", INCONCLUSIVE}
    same_instances = (*ONCE, "unseen_instances_accuracy", 0.9)
    there = evaluate(tmp_path, same_instances, arguments=("PROFILE=quick", *ARGUMENTS[1:]))
    assert there["E9"].verdict == INCONCLUSIVE


def test_without_the_corrected_study_only_published_runs_are_evaluated(tmp_path):
    found = evaluate(tmp_path, arguments=ARGUMENTS[:2])
    evaluated = {name for name, each in found.items() if each.verdict == "confirmed"}
    assert evaluated == {"E2", "E6", "E7", "E8"}
    others = [each for name, each in found.items() if name not in evaluated]
    assert {each.verdict for each in others} == {"not run"}
    assert all("STUDY=corrected" in each.reason for each in others)
