"""Criteria of the claims about text to text."""

import math

import numpy as np

from original.published import published
from report.content import Content, pairs
from report.criteria.comparisons import (
    ABOUT,
    CURVE_TOLERANCES,
    ONE_SEED,
    gain,
    near_published_curve,
)
from report.criteria.findings import NEVER, ONLY_IF_TRUE, Criterion, Finding

FULL_SPLITS = ("train-95", "train-90", "train-75", "train-50", "train-25")
SMALL_SPLITS = ("train-10", "train-05")
HIGH = 0.95  # C9
HIGH_MARGIN = 0.01
# C11: accuracies that the original's own figure 11 has
TO_ONE = 0.9  # of training, in the last epoch
GAP = 0.15  # between training and validation
STALLED = 0.05  # gain of validation between the last quarter of the epochs and the one before
STALLED_MARGIN = 0.01
SLOW_AT = 0.9  # C20: fraction of its best validation accuracy by which a model has converged
FEW_EXAMPLES = "train-10"  # C21: a couple of thousand
EARLY = 40  # C21: epochs
HIGH_EARLY = 0.98  # C21: about .99
CURVES_CONDITION = f"Inconclusive if a curve is more than {CURVE_TOLERANCES[11]:g} from figure 11."


def _fraction(content: Content, variant: str) -> str:
    return f"{content.setting('text2text', 'train_fraction', variant):.0%}"


def _test_accuracies(content: Content) -> list[Finding]:
    return [
        Finding(
            f"test accuracy, {_fraction(content, variant)}",
            tuple(content.numbers("text2text", "test_accuracy", variant)),
            low=HIGH,
            margin=HIGH_MARGIN,
            spec=".4f",
            at_reduced_scale=ONLY_IF_TRUE,
        )
        for variant in FULL_SPLITS
    ]


def _small_test_accuracies(content: Content) -> list[Finding]:
    known = published()["text2text"]["test_accuracy"]
    return [
        Finding(
            f"test accuracy, {_fraction(content, variant)}",
            tuple(content.numbers("text2text", "test_accuracy", variant)),
            low=known[variant] - ABOUT,
            high=known[variant] + ABOUT,
            margin=ONE_SEED,
            spec=".4f",
            at_reduced_scale=NEVER,
        )
        for variant in SMALL_SPLITS
    ]


def _near_figure_11(content: Content) -> list[Finding]:
    return [
        near_published_curve(
            content,
            ("text2text", variant),
            metric,
            11,
            f"{variant.replace('-', '_')}_{split}",
            f"{split}, {_fraction(content, variant)}",
        )
        for variant in SMALL_SPLITS
        for metric, split in (("accuracy", "training"), ("val_accuracy", "validation"))
    ]


def _overfits(content: Content) -> list[Finding]:
    found = _near_figure_11(content)
    for variant in SMALL_SPLITS:
        fraction = _fraction(content, variant)
        runs = content.complete(("text2text", variant))
        training = tuple(float(run.series("accuracy")[-1]) for run in runs)
        validation = [float(run.series("val_accuracy")[-1]) for run in runs]
        gaps = tuple(one - other for one, other in zip(training, validation, strict=True))
        gains = tuple(gain(run.series("val_accuracy")) for run in runs)
        found += [
            Finding(f"{what}, {fraction}", values, low, high, margin, at_reduced_scale=NEVER)
            for what, values, low, high, margin in (
                ("training accuracy", training, TO_ONE, math.inf, ONE_SEED),
                ("training minus validation", gaps, GAP, math.inf, ONE_SEED),
                ("late gain in validation", gains, -math.inf, STALLED, STALLED_MARGIN),
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
    for label, measure, spec in (
        ("roughness of validation accuracy", roughness, ".4f"),
        (
            f"epochs until {SLOW_AT:.0%} of the best validation accuracy",
            epochs_until_converged,
            ".1f",
        ),
    ):
        measured = {
            variant: [
                measure(run.series("val_accuracy"))
                for run in content.complete(("text2text", variant))
            ]
            for variant in (large, *SMALL_SPLITS)
        }
        found += [
            Finding(
                f"{label}, {_fraction(content, small)} minus {_fraction(content, large)}",
                tuple(
                    one - other for one, other in zip(measured[small], measured[large], strict=True)
                ),
                low=0,
                spec=spec,
                at_reduced_scale=NEVER,
            )
            for small in SMALL_SPLITS
        ]
    return found


def _high_after_few_epochs(content: Content) -> list[Finding]:
    found = []
    for variant in (*FULL_SPLITS, *SMALL_SPLITS):
        runs = content.complete(("text2text", variant))
        is_few = variant == FEW_EXAMPLES
        found.append(
            Finding(
                f"validation accuracy after epoch {EARLY}, {_fraction(content, variant)}",
                tuple(float(run.series("val_accuracy")[:EARLY][-1]) for run in runs),
                low=HIGH_EARLY if is_few else -math.inf,
                margin=ONE_SEED if is_few else None,
                at_reduced_scale=NEVER,
            )
        )
    return found


TEXT2TEXT_CRITERIA = {
    "C9": Criterion(
        f"Test accuracy is above {HIGH:g} on each of the five splits (with one seed: above "
        f"{HIGH + HIGH_MARGIN:g}). A reduced training that reaches this decides; one that does not "
        "reach it leaves the claim open.",
        pairs("text2text", FULL_SPLITS),
        ("fig:text2text-accuracy", "tbl:text2text-test"),
        _test_accuracies,
        looks=2,
    ),
    "C10": Criterion(
        f"Test accuracy is within {ABOUT:g} of the published value on both splits (with one seed: "
        f"within {ABOUT - ONE_SEED:g}). Requires the published settings.",
        pairs("text2text", SMALL_SPLITS),
        ("fig:text2text-accuracy", "tbl:text2text-test"),
        _small_test_accuracies,
        looks=2,
    ),
    "C11": Criterion(
        "On both splits, after the last epoch: training accuracy (its mean during the epoch) is "
        f"above {TO_ONE:g}, validation accuracy is more than {GAP:g} below it, and the mean "
        "validation accuracy of the last quarter of the epochs is less than "
        f"{STALLED:g} above that of the quarter before (with one seed: above "
        f"{TO_ONE + ONE_SEED:g}, more than {GAP + ONE_SEED:g}, and less than "
        f"{STALLED - STALLED_MARGIN:g}). The curves of the original's figure 11 meet these bounds. "
        f"{CURVES_CONDITION} Requires the published settings.",
        pairs("text2text", SMALL_SPLITS),
        ("fig:text2text-curves",),
        _overfits,
    ),
    "C20": Criterion(
        "Trained on 10% or 5% of the queries instead of 95%, validation accuracy changes more from "
        "epoch to epoch (standard deviation of the changes in the second half of the epochs) and "
        f"takes more epochs to reach {SLOW_AT:.0%} of its best value, each with its whole "
        "interval. The smaller splits also validate on fewer queries, which alone makes their "
        f"curves rougher. {CURVES_CONDITION} Requires two seeds and the published settings.",
        pairs("text2text", (FULL_SPLITS[0], *SMALL_SPLITS)),
        ("fig:text2text-curves",),
        _smaller_is_rougher_and_slower,
    ),
    "C21": Criterion(
        "Trained on 10% of the queries, a couple of thousand, validation accuracy is above "
        f"{HIGH_EARLY:g} after {EARLY} epochs (with one seed: by at least {ONE_SEED:g}). The other "
        "splits are reported but not required. The original's own figure 11 contradicts the claim. "
        "Requires the published settings.",
        pairs("text2text", (*FULL_SPLITS, *SMALL_SPLITS)),
        ("fig:text2text-curves",),
        _high_after_few_epochs,
    ),
}
