"""What decides the claims about text to text."""

import math

from report.comparisons import ABOUT, ONE_SEED, STALLED, STALLED_MARGIN, TO_ONE, gain
from report.content import Content, pairs
from report.judgement import NEVER, ONLY_IF_TRUE, Criterion, Finding
from report.published import published

FULL_SPLITS = ("train-95", "train-90", "train-75", "train-50", "train-25")
SMALL_SPLITS = ("train-10", "train-05")
HIGH = 0.95  # C9
HIGH_MARGIN = 0.01
GAP = 0.15  # C11: between training and validation


def _share(content: Content, variant: str) -> str:
    return f"{content.setting('text2text', 'train_fraction', variant):.0%}"


def _test_accuracies(content: Content) -> list[Finding]:
    return [
        Finding(
            f"test accuracy, {_share(content, variant)}",
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
            f"test accuracy, {_share(content, variant)}",
            tuple(content.numbers("text2text", "test_accuracy", variant)),
            low=known[variant] - ABOUT,
            high=known[variant] + ABOUT,
            margin=ONE_SEED,
            spec=".4f",
            at_reduced_scale=NEVER,
        )
        for variant in SMALL_SPLITS
    ]


def _overfits(content: Content) -> list[Finding]:
    found = []
    for variant in SMALL_SPLITS:
        share = _share(content, variant)
        training = content.numbers("text2text", "train_accuracy", variant)
        validation = content.numbers("text2text", "validation_accuracy", variant)
        runs = content.complete(("text2text", variant))
        gaps = tuple(one - other for one, other in zip(training, validation, strict=True))
        gains = tuple(gain(run.series("val_accuracy")) for run in runs)
        found += [
            Finding(f"{what}, {share}", values, low, high, margin, at_reduced_scale=NEVER)
            for what, values, low, high, margin in (
                ("training accuracy", tuple(training), TO_ONE, math.inf, ONE_SEED),
                ("training less validation", gaps, GAP, math.inf, ONE_SEED),
                ("late gain in validation", gains, -math.inf, STALLED, STALLED_MARGIN),
            )
        ]
    return found


TEXT2TEXT_CRITERIA = {
    "C9": Criterion(
        f"Test accuracy is above {HIGH:g} on each of the five splits (one seed: by "
        f"{HIGH_MARGIN:g} or more). If shorter training reaches it already, that decides; if not, "
        "only the full scale does.",
        pairs("text2text", FULL_SPLITS),
        ("fig:text2text-accuracy", "tbl:text2text-test"),
        _test_accuracies,
        looks=2,
    ),
    "C10": Criterion(
        f"Test accuracy lies within {ABOUT:g} of the published one on both splits (one seed: by "
        f"{ONE_SEED:g} or more). Judged at the published settings.",
        pairs("text2text", SMALL_SPLITS),
        ("fig:text2text-accuracy", "tbl:text2text-test"),
        _small_test_accuracies,
        looks=2,
    ),
    "C11": Criterion(
        f"On both splits, training accuracy is above {TO_ONE:g}, validation accuracy more than "
        f"{GAP:g} below it, and its mean over the last quarter of the epochs less than {STALLED:g} "
        f"above that of the quarter before (one seed: by {ONE_SEED:g}, and {STALLED_MARGIN:g} for "
        "the last). Judged at the published settings.",
        pairs("text2text", SMALL_SPLITS),
        ("fig:text2text-curves",),
        _overfits,
    ),
}
