import copy
import math

import numpy as np
import pytest
from scipy import stats

from report.reference.agreement import AGREES, DIFFERS, NOT_COMPARABLE, compare


def run(seed=0, variant="train-95", weights="same", **changes):
    made = {
        "experiment": "text2text",
        "variant": variant,
        "seed": seed,
        "settings": {"learning_rate": 0.001, "epochs": 20},
        "data": {"digits": {"name": "MNIST", "fingerprint": "abc"}},
        "threads": 1,
        "versions": {"numpy": "2.4"},
        "hardware": {"cpu": "Example", "instruction_sets": ["avx2"], "cores": 2, "gpus": []},
        "weights_sha256": f"{weights} {seed}",
        "metrics": {"accuracy": 0.9 + 0.01 * seed},
    }
    made.update(copy.deepcopy(changes))
    return made


REFERENCE = [run(seed) for seed in range(3)]
ELSEWHERE = {"hardware": {"cpu": "Other", "instruction_sets": [], "gpus": []}, "weights": "other"}


def one(own, reference=REFERENCE):
    (compared,) = compare(own, reference)
    return compared.verdict, compared.reason


def test_equal_bits_agree():
    verdict, reason = one([run(1)])
    assert verdict == AGREES
    assert "bit" in reason


@pytest.mark.parametrize("metrics", [{"accuracy": 0.9}, {}, {"accuracy": 0.91, "recall": 0.5}])
def test_equal_weights_with_other_metrics_differ(metrics):
    verdict, reason = one([run(1, metrics=metrics)])
    assert verdict == DIFFERS
    assert "the same weights" in reason


def test_equal_weights_agree_elsewhere_with_metrics_rounded_otherwise():
    hardware = ELSEWHERE["hardware"]
    assert one([run(1, metrics={"accuracy": 0.91001}, hardware=hardware)])[0] == AGREES
    assert one([run(1, metrics={"accuracy": 0.95}, hardware=hardware)])[0] == DIFFERS


def test_runs_without_a_common_metric_are_not_comparable():
    assert one([run(1, metrics={"loss": 0.9}, **ELSEWHERE)])[0] == NOT_COMPARABLE


def test_a_processor_with_another_number_of_cores_is_the_same():
    hardware = {**REFERENCE[0]["hardware"], "cores": 64}
    assert one([run(hardware=hardware, weights="other")])[0] == DIFFERS


def test_the_same_software_and_processor_have_to_give_the_same_bits():
    verdict, reason = one([run(weights="other")])
    assert verdict == DIFFERS
    assert "same seed" in reason


@pytest.mark.parametrize(
    "changes",
    [
        {"versions": {"numpy": "2.5"}, "weights": "other"},
        {"threads": 2, "weights": "other"},
        {"hardware": {**REFERENCE[0]["hardware"], "caches": ["48K"]}, "weights": "other"},
        ELSEWHERE,
    ],
)
def test_on_another_machine_the_seeds_give_the_tolerance(changes):
    near, far = {"accuracy": 0.92}, {"accuracy": 0.2}
    assert one([run(metrics=near, **changes)])[0] == AGREES
    verdict, reason = one([run(metrics=far, **changes)])
    assert verdict == DIFFERS
    assert "accuracy 0.2000, not 0.9100" in reason


def test_a_changed_setting_differs_and_is_named():
    changed = {"learning_rate": 0.002, "epochs": 20}
    assert one([run(settings=changed)]) == (DIFFERS, "LEARNING_RATE=0.002, not 0.001")


def test_other_data_an_unknown_variant_and_a_lone_seed_are_not_comparable():
    other = {"digits": {"name": "MNIST", "fingerprint": "xyz"}}
    assert one([run(data=other)]) == (NOT_COMPARABLE, "other digits")
    assert one([run(variant="train-01")])[0] == NOT_COMPARABLE
    assert one([run(**ELSEWHERE)], REFERENCE[:1])[0] == NOT_COMPARABLE


def test_a_run_that_is_not_at_its_end_is_not_comparable():
    begun = [{k: v for k, v in each.items() if k != "weights_sha256"} for each in REFERENCE]
    assert one([run()], begun)[0] == NOT_COMPARABLE


def test_a_recorded_seed_that_is_unfinished_does_not_hide_the_finished_ones():
    begun = run(3)
    del begun["weights_sha256"]
    assert one([run(1)], [begun, *REFERENCE]) == one([run(1)])


def test_not_a_number_is_a_difference_where_the_reference_has_one():
    nothing = {"metrics": {"accuracy": math.nan}}
    assert one([run(**nothing, **ELSEWHERE)])[0] == DIFFERS
    assert one([run(**nothing, **ELSEWHERE)], [{**each, **nothing} for each in REFERENCE])[0] == (
        AGREES
    )


@pytest.mark.parametrize(
    ("value", "near", "far"), [(0.0, 0.004, 0.1), (1.0, 0.996, 0.9), (1637.7509, 1637.7511, 1700.0)]
)
def test_what_all_seeds_agree_on_may_differ_by_little(value, near, far):
    reference = [run(seed, metrics={"recall": value}) for seed in range(3)]
    assert one([run(metrics={"recall": near}, **ELSEWHERE)], reference)[0] == AGREES
    assert one([run(metrics={"recall": far}, **ELSEWHERE)], reference)[0] == DIFFERS


def test_the_rounding_of_another_processor_is_no_difference():
    reference = [run(s, metrics={"sharpness": 1637.75 * (1 + s * 1e-15)}) for s in range(9)]
    own = run(metrics={"sharpness": 1637.75 * (1 + 1e-12)}, **ELSEWHERE)
    assert one([own], reference)[0] == AGREES


def test_eight_seeds_of_a_reference_find_one_of_300_metrics_nine_deviations_off():
    random = np.random.default_rng(0)
    drawn = [{f"m{k}": v for k, v in enumerate(random.normal(size=300))} for _ in range(9)]
    reference = [run(seed, metrics=metrics) for seed, metrics in enumerate(drawn[1:])]
    assert one([run(metrics=drawn[0], **ELSEWHERE)], reference)[0] == AGREES
    values = [each["metrics"]["m7"] for each in reference]
    shifted = {**drawn[0], "m7": np.mean(values) + 9 * np.std(values, ddof=1)}
    verdict, reason = one([run(metrics=shifted, **ELSEWHERE)], reference)
    assert verdict == DIFFERS
    assert reason.startswith("m7 ")
    assert ";" not in reason


def test_few_of_many_sound_comparisons_differ_by_chance():
    """At its level of 5% for all together; a t-test for each metric alone would fail in each."""
    random = np.random.default_rng(0)

    def drawn(seed, **changes):
        metrics = {f"m{k}": value for k, value in enumerate(random.normal(size=40))}
        return run(seed, metrics=metrics, **changes)

    alone = differing = 0
    for _ in range(200):
        reference = [drawn(seed) for seed in range(3)]
        own = drawn(7, **ELSEWHERE)
        differing += one([own], reference)[0] == DIFFERS
        values = [[each["metrics"]["m0"] for each in reference], own["metrics"]["m0"]]
        error = np.std(values[0], ddof=1) * math.sqrt(4 / 3)
        alone += 2 * stats.t.sf(abs(np.mean(values[0]) - values[1]) / error, 2) < 0.05
    assert 200 * 0.05 - 8 < alone < 200 * 0.05 + 10  # the test of one metric keeps its level
    assert differing < 200 * 0.05 + 10
