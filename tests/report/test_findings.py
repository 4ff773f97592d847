import dataclasses
import math

import numpy as np
import pytest

from report.criteria.findings import (
    INCONCLUSIVE,
    NEVER,
    NOT_REPRODUCED,
    OTHER_CURVE,
    REPRODUCED,
    Bounds,
    Finding,
    verdict,
    within,
)


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
            finding = Finding("", effect + noise, Bounds(**bounds))
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
    assert Finding("", values, Bounds(1, margin=margin)).evaluation(True)[0] is holds


def test_what_no_outcome_of_a_reduced_scale_decides_says_so_before_it_asks_for_seeds():
    needs_scale = Finding("", (1.0,), Bounds(low=0, at_reduced_scale=NEVER))
    assert needs_scale.evaluation(full_scale=False) == (None, "reduced scale")
    assert needs_scale.evaluation(full_scale=True) == (None, "one seed")


def test_one_refuted_condition_refutes_and_an_open_one_leaves_open():
    true, false, none = (Finding("", (v, v), Bounds(low=0)) for v in (1.0, -1.0, math.nan))
    assert verdict([true, none, false], full_scale=True)[0] == NOT_REPRODUCED
    assert verdict([true, none], full_scale=True)[0] == INCONCLUSIVE
    assert verdict([true, true], full_scale=True)[0] == REPRODUCED
    assert verdict([], full_scale=True)[0] == INCONCLUSIVE


def test_the_reason_says_if_only_a_comparison_with_the_original_is_open():
    holds, is_open = (Finding("", (v, v), Bounds(low=0)) for v in (1.0, math.nan))
    far = Finding("", (1.0, 1.0), Bounds(high=0), guards=OTHER_CURVE)
    near = dataclasses.replace(far, values=(-9.0, 9.0))
    assert verdict([holds, far], True)[1] == f"its own conditions hold, but {OTHER_CURVE}"
    assert verdict([holds, near], True)[1] == (
        "its own conditions hold, but the distance from the published curve is within seed noise"
    )
    for findings in ([holds, is_open, far], [far]):
        assert "hold" not in verdict(findings, True)[1]


@pytest.mark.parametrize(
    ("bounds", "kept"),
    [
        (Bounds(low=1, margin=0.25), 1.25),
        (Bounds(high=1, margin=0.25), 0.75),
        (within(1, margin=0.25), 0.75),
    ],
)
def test_a_single_seed_has_to_keep_a_narrower_bound(bounds, kept):
    assert bounds.of_one_seed == kept
