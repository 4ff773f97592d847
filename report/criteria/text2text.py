"""Criteria of the claims about text to text."""

import math

import numpy as np

from figures import pairs
from original.published import published
from report.content import Content, Pair
from report.criteria.comparisons import (
    ABOUT,
    CURVE_TOLERANCES,
    ONE_SEED,
    after_epoch,
    gain,
    near_published_curves,
)
from report.criteria.findings import NEVER, ONLY_IF_TRUE, Bounds, Criterion, Finding

FULL_SPLITS = pairs("text2text", ("train-95", "train-90", "train-75", "train-50", "train-25"))
SMALL_SPLITS = pairs("text2text", ("train-10", "train-05"))
HIGH = Bounds(low=0.95, margin=0.01, at_reduced_scale=ONLY_IF_TRUE)  # C9
# C11: accuracies that the original's own figure 11 has
TO_ONE = Bounds(low=0.9, margin=ONE_SEED, at_reduced_scale=NEVER)  # of training, in the last epoch
GAP = Bounds(low=0.15, margin=ONE_SEED, at_reduced_scale=NEVER)  # between training and validation
# Gain of validation between the last quarter of the epochs and the one before.
STALLED = Bounds(high=0.05, margin=0.01, at_reduced_scale=NEVER)
SLOW_AT = 0.9  # C20: fraction of its best validation accuracy by which a model has converged
FEW_EXAMPLES = SMALL_SPLITS[0]  # C21: a couple of thousand
EARLY = 40  # C21: epochs
HIGH_EARLY = Bounds(low=0.98, margin=ONE_SEED, at_reduced_scale=NEVER)  # C21: about .99
CURVES_CONDITION = (
    f"At the full scale, inconclusive if a curve is more than {CURVE_TOLERANCES[11]:g} from "
    "figure 11."
)


def _fraction(content: Content, split: Pair) -> str:
    name, variant = split
    return f"{content.setting(name, 'train_fraction', variant):.0%}"


def _test_accuracy(content: Content, split: Pair, bounds: Bounds) -> Finding:
    what = f"test accuracy, {_fraction(content, split)}"
    return Finding(what, content.numbers(split, "test_accuracy"), bounds, spec=".4f")


def _test_accuracies(content: Content) -> list[Finding]:
    return [_test_accuracy(content, split, HIGH) for split in FULL_SPLITS]


def _small_test_accuracies(content: Content) -> list[Finding]:
    known = published()["text2text"]["test_accuracy"]
    bounds = {
        split: Bounds(known[split[1]] - ABOUT, known[split[1]] + ABOUT, ONE_SEED, NEVER)
        for split in SMALL_SPLITS
    }
    return [_test_accuracy(content, *each) for each in bounds.items()]


def _near_figure_11(content: Content) -> list[Finding]:
    found = []
    for model in SMALL_SPLITS:
        name = f"{model[1].replace('-', '_')}_{{split}}"
        label = f"{{split}}, {_fraction(content, model)}"
        found += near_published_curves(content, model, "accuracy", 11, name, label)
    return found


def _overfits(content: Content) -> list[Finding]:
    found = _near_figure_11(content)
    for split in SMALL_SPLITS:
        series = content.series(split, "val_accuracy")
        training, validation = (
            after_epoch(content, split, metric) for metric in ("accuracy", "val_accuracy")
        )
        found += [
            Finding(f"{what}, {_fraction(content, split)}", values, bounds)
            for what, values, bounds in (
                ("training accuracy", training, TO_ONE),
                ("training minus validation", training - validation, GAP),
                ("late gain in validation", map(gain, series), STALLED),
            )
        ]
    return found


def roughness(series: np.ndarray) -> float:
    """Return the standard deviation of the changes from epoch to epoch, without the trend.

    The trend is the mean change over the second half of the epochs; the first half is ignored.
    """
    return float(np.diff(series[len(series) // 2 :]).std()) if len(series) > 3 else math.nan


def epochs_until_converged(series: np.ndarray) -> float:
    """Return the first epoch, from 1, whose value is at least SLOW_AT of the best."""
    return float(np.flatnonzero(series >= SLOW_AT * series.max())[0] + 1)


def _smaller_is_rougher_and_slower(content: Content) -> list[Finding]:
    large = FULL_SPLITS[0]
    found = _near_figure_11(content)
    slow = f"epochs until {SLOW_AT:.0%} of the best validation accuracy"
    for label, measure, spec in (
        ("roughness of validation accuracy", roughness, ".4f"),
        (slow, epochs_until_converged, ".1f"),
    ):
        measured = {
            split: np.array([measure(each) for each in content.series(split, "val_accuracy")])
            for split in (large, *SMALL_SPLITS)
        }
        found += [
            Finding(
                f"{label}, {_fraction(content, small)} minus {_fraction(content, large)}",
                measured[small] - measured[large],
                Bounds(low=0, at_reduced_scale=NEVER),
                spec,
            )
            for small in SMALL_SPLITS
        ]
    return found


def _high_after_few_epochs(content: Content) -> list[Finding]:
    return [
        Finding(
            f"validation accuracy after epoch {EARLY}, {_fraction(content, split)}",
            after_epoch(content, split, "val_accuracy", EARLY),
            HIGH_EARLY if split == FEW_EXAMPLES else Bounds(),
        )
        for split in (*FULL_SPLITS, *SMALL_SPLITS)
    ]


TEXT2TEXT_CRITERIA = {
    "C9": Criterion(
        f"Test accuracy is above {HIGH.low:g} on each of the five splits (with one seed: above "
        f"{HIGH.of_one_seed:g}). A reduced training that reaches this decides; one that does not "
        "reach it leaves the claim open.",
        FULL_SPLITS,
        ("fig:text2text-accuracy", "tbl:text2text-test"),
        _test_accuracies,
        looks=2,
    ),
    "C10": Criterion(
        f"Test accuracy is within {ABOUT:g} of the published value on both splits (with one seed: "
        f"within {ABOUT - ONE_SEED:g}). Requires the published settings.",
        SMALL_SPLITS,
        ("fig:text2text-accuracy", "tbl:text2text-test"),
        _small_test_accuracies,
        looks=2,
    ),
    "C11": Criterion(
        "On both splits, after the last epoch: training accuracy (its mean during the epoch) is "
        f"above {TO_ONE.low:g}, validation accuracy is more than {GAP.low:g} below it, and the "
        f"mean validation accuracy of the last quarter of the epochs is less than {STALLED.high:g} "
        f"above that of the quarter before (with one seed: above {TO_ONE.of_one_seed:g}, more than "
        f"{GAP.of_one_seed:g}, and less than {STALLED.of_one_seed:g}). The curves of the "
        f"original's figure 11 meet these bounds. {CURVES_CONDITION} Requires the published "
        "settings.",
        SMALL_SPLITS,
        ("fig:text2text-curves",),
        _overfits,
    ),
    "C20": Criterion(
        "Trained on 10% or 5% of the queries instead of 95%, validation accuracy changes more from "
        "epoch to epoch (standard deviation of the changes in the second half of the epochs) and "
        f"takes more epochs to reach {SLOW_AT:.0%} of its best value, each with its whole "
        "interval. The smaller splits also validate on fewer queries, which alone makes their "
        f"curves rougher. {CURVES_CONDITION} Requires two seeds and the published settings.",
        (FULL_SPLITS[0], *SMALL_SPLITS),
        ("fig:text2text-curves",),
        _smaller_is_rougher_and_slower,
    ),
    "C21": Criterion(
        "Trained on 10% of the queries, a couple of thousand, validation accuracy is above "
        f"{HIGH_EARLY.low:g} after {EARLY} epochs (with one seed: by at least {ONE_SEED:g}). The "
        "other splits are reported but not required. The original's own figure 11 contradicts the "
        "claim. Requires the published settings.",
        (*FULL_SPLITS, *SMALL_SPLITS),
        ("fig:text2text-curves",),
        _high_after_few_epochs,
    ),
}
