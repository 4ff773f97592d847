"""Criteria of the suspected defects of image to text."""

from original.published import published
from report.content import Content, pairs
from report.criteria.comparisons import ONE_SEED, differences, more_accurate
from report.criteria.findings import NEVER, ONLY_IF_TRUE, Criterion, Finding

BLUR_MARGIN = 0.005  # E13: validation minus training accuracy

RESCALED_ONCE = {
    "flatten": "flatten-rescaled-once",
    "convlstm": "convlstm-rescaled-once",
}
MOST_QUERIES, ONE_INTERPOLATION = "flatten-unaugmented-most-queries", "flatten-interpolated-once"


def _rescaling_costs_accuracy(content: Content) -> list[Finding]:
    return [
        more_accurate(
            content,
            f"validation accuracy, rescaled once minus twice, {published}",
            ("image2text_ablation", corrected, "validation_accuracy"),
            ("image2text", published, "validation_accuracy"),
            at_reduced_scale=ONLY_IF_TRUE,
        )
        for published, corrected in RESCALED_ONCE.items()
    ]


def _unseen_instances_are_harder(content: Content) -> list[Finding]:
    return [
        more_accurate(
            content,
            f"validation accuracy, seen minus unseen digit images, {variant.replace('-', ' ')}",
            ("image2text_ablation", variant, "validation_accuracy"),
            ("image2text_ablation", variant, "unseen_instances_accuracy"),
            at_reduced_scale=ONLY_IF_TRUE,
        )
        for variant in RESCALED_ONCE.values()
    ]


def _more_queries_are_better(content: Content) -> list[Finding]:
    most, quarter = (
        ("image2text_ablation", MOST_QUERIES, "validation_accuracy"),
        ("image2text", "flatten-unaugmented", "validation_accuracy"),
    )
    low = published()["image2text"]["unaugmented_validation_below"]
    return [
        more_accurate(
            content,
            "validation accuracy without augmentation, trained on 80% minus 25% of the queries",
            most,
            quarter,
            at_reduced_scale=NEVER,
        ),
        Finding(
            f"validation accuracy without augmentation, trained on 80%, minus C14's bound of {low}",
            tuple(value - low for value in content.numbers(most[0], most[2], most[1])),
        ),
    ]


def _blur_costs_training_accuracy(content: Content) -> list[Finding]:
    gaps = {
        pair: tuple(
            float(run.series("val_accuracy")[-1] - run.series("accuracy")[-1])
            for run in content.complete(pair)
        )
        for pair in (("image2text", "flatten"), ("image2text_ablation", ONE_INTERPOLATION))
    }
    three, one = gaps.values()
    return [
        Finding(
            "validation minus training accuracy, three interpolations minus one",
            differences(three, one),
            low=0,
            margin=BLUR_MARGIN,
            at_reduced_scale=NEVER,
        ),
        Finding("validation minus training accuracy, three interpolations", three),
        Finding("validation minus training accuracy, one interpolation", one),
    ]


IMAGE2TEXT_DEFECT_CRITERIA = {
    "E3": Criterion(
        "With augmentation and all else as published, both encoders have a higher validation "
        "accuracy if pixels are divided once instead of twice (with one seed: by at least "
        f"{ONE_SEED:.0%}). At a reduced scale only a gain decides: a model that has hardly learnt "
        "has nothing to lose.",
        pairs("image2text", RESCALED_ONCE) + pairs("image2text_ablation", RESCALED_ONCE.values()),
        ("tbl:image2text-ablation",),
        _rescaling_costs_accuracy,
    ),
    "E9": Criterion(
        "The models of E3 with pixels divided once have a lower validation accuracy on digit "
        "images of MNIST's test set than on the published ones, which are also trained on (with "
        f"one seed: by at least {ONE_SEED:.0%}). At a reduced scale only a lower accuracy decides: "
        "few queries leave most digit images unseen.",
        pairs("image2text_ablation", RESCALED_ONCE.values()),
        ("tbl:image2text-ablation",),
        _unseen_instances_are_harder,
    ),
    "E12": Criterion(
        "Without augmentation, the flattening LSTM has a higher validation accuracy if trained on "
        f"80% of the queries than if trained on 25% (with one seed: by at least {ONE_SEED:.0%}), "
        "after about the same number of steps. Requires the full scale.",
        pairs("image2text", ("flatten-unaugmented",))
        + pairs("image2text_ablation", (MOST_QUERIES,)),
        ("tbl:image2text-ablation",),
        _more_queries_are_better,
    ),
    "E13": Criterion(
        "After the last epoch of the augmented flattening LSTM, validation accuracy minus training "
        "accuracy is larger with three interpolations than with one (with one seed: by at least "
        f"{BLUR_MARGIN:g}). Dropout, active in training only, contributes to both. Requires the "
        "full scale.",
        pairs("image2text", ("flatten",)) + pairs("image2text_ablation", (ONE_INTERPOLATION,)),
        ("tbl:image2text-ablation", "fig:image2text-augmented"),
        _blur_costs_training_accuracy,
    ),
}
