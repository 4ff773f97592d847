"""Criteria of the claims about image to text."""

from collections.abc import Sequence

import numpy as np

from figures import pairs
from original.published import published
from report.content import Content, Pair
from report.criteria.comparisons import (
    ABOUT,
    CURVE_TOLERANCES,
    ONE_SEED,
    after_epoch,
    difference,
    gain,
    near_published_curves,
)
from report.criteria.findings import NEVER, ONLY_IF_FALSE, Bounds, Criterion, Finding, within
from report.reference.recorded_runs import NotRecordedError

# C12: text to text trained on no more than the fraction that image to text trains on
COMPARED_SPLIT: Pair = ("text2text", "train-75")
ENCODERS = pairs("image2text", ("flatten", "convlstm"))
UNAUGMENTED = pairs("image2text", ("flatten-unaugmented", "convlstm-unaugmented"))
FLATTEN, CONVLSTM = ENCODERS
FAR = Bounds(low=0.2, margin=0.1, at_reduced_scale=NEVER)  # C12
# C13: epochs after which figure 12 ends
AUGMENTED_EPOCHS = published()["image2text"]["augmented_epochs"]
# C13, of one seed: two standard deviations of a difference, of three seeds of the quick profile
# (flattening LSTM: 0.010), fixed before any run of the ConvLSTM at full scale had ended.
BETTER = Bounds(low=0, margin=0.03)
# C14: training accuracy that "goes to 1"; validation accuracy; their distance, which is .041 in the
# original's own figure 12
TO_ONE = Bounds(low=0.95, margin=ONE_SEED, at_reduced_scale=NEVER)
LOW = Bounds(
    high=published()["image2text"]["unaugmented_validation_below"],
    margin=ONE_SEED,
    at_reduced_scale=ONLY_IF_FALSE,
)
TOGETHER = within(0.08, ONE_SEED, NEVER)
# C15: gain between the last quarter of the epochs and the one before
STALLED = Bounds(high=0.02, margin=0.01, at_reduced_scale=NEVER)
_FAR_FROM_FIGURE_12 = (
    f"At the full scale, inconclusive if a curve is more than {CURVE_TOLERANCES[12]:g} from figure "
    "12"
)
CURVES_CONDITION = f"{_FAR_FROM_FIGURE_12}."
ALL_CURVES_CONDITION = (
    f"{_FAR_FROM_FIGURE_12} or more than {CURVE_TOLERANCES[13]:g} from figure 13."
)


def _near_figure(content: Content, figure: int, models: Sequence[Pair]) -> list[Finding]:
    found = []
    for model in models:
        name = f"{model[1].partition('-')[0]}_{{split}}"
        label = f"{_called(model)}, {{split}}"
        found += near_published_curves(content, model, "accuracy", figure, name, label)
    return found


def _called(model: Pair) -> str:
    name = "ConvLSTM" if model[1].startswith("convlstm") else "flattening LSTM"
    return f"{name} without augmentation" if model in UNAUGMENTED else name


def _far_below_text(content: Content) -> list[Finding]:
    return [
        Finding(
            f"text to text minus {_called(model)}",
            difference(content, COMPARED_SPLIT, model, "validation_accuracy"),
            FAR,
        )
        for model in ENCODERS
    ]


def _convlstm_is_better(content: Content) -> list[Finding]:
    return [
        *_near_figure(content, 12, ENCODERS),
        _convlstm_minus_flatten(content, ENCODERS, AUGMENTED_EPOCHS, BETTER),
        _convlstm_minus_flatten(
            content, UNAUGMENTED, published()["image2text"]["unaugmented_epochs"], Bounds()
        ),
    ]


def _convlstm_minus_flatten(
    content: Content, models: Sequence[Pair], epochs: int, bounds: Bounds
) -> Finding:
    flat, convolutional = (content.series(model, "val_accuracy") for model in models)
    epoch = min([epochs, *map(len, (*flat, *convolutional))])
    counts = {content.setting(name, "query_count", variant) for name, variant in models}
    ending = " without augmentation" if models == UNAUGMENTED else ""
    return Finding(
        f"ConvLSTM minus flattening LSTM{ending}, validation accuracy after epoch {epoch}",
        [one[epoch - 1] - two[epoch - 1] for one, two in zip(convolutional, flat, strict=False)],
        bounds,
        unfair="trained on different numbers of queries" if len(counts) > 1 else "",
    )


def _overfits_unless_augmented(content: Content) -> list[Finding]:
    found = _near_figure(content, 12, ENCODERS) + _near_figure(content, 13, UNAUGMENTED)
    for model, bare in zip(ENCODERS, UNAUGMENTED, strict=True):
        training, validation = (
            _at_last(content, model, metric) for metric in ("accuracy", "val_accuracy")
        )
        found += [
            Finding(f"{_called(bare)}, training", _at_last(content, bare, "accuracy"), TO_ONE),
            Finding(
                f"{_called(bare)}, validation", content.numbers(bare, "validation_accuracy"), LOW
            ),
            Finding(
                f"{_called(model)} with augmentation, training minus validation",
                training - validation,
                TOGETHER,
            ),
        ]
    return found


def _at_last(content: Content, model: Pair, metric: str) -> np.ndarray:
    """Return a metric after the last epoch that the original shows, or the last there is.

    Empty if runs are missing or only their results are known.
    """
    last = AUGMENTED_EPOCHS if model in ENCODERS else None
    try:
        return after_epoch(content, model, metric, last)
    except NotRecordedError:
        return np.array([])


def _ends_and_stalls(content: Content) -> list[Finding]:
    known = published()["image2text"]["convlstm_accuracy"]
    accuracy = content.numbers(CONVLSTM, "validation_accuracy")
    not_below = Bounds(low=known - ABOUT, margin=ONE_SEED, at_reduced_scale=NEVER)
    not_above = Bounds(high=known + ABOUT, margin=ONE_SEED, at_reduced_scale=ONLY_IF_FALSE)
    gains = map(gain, content.series(CONVLSTM, "val_accuracy"))
    return [
        *_near_figure(content, 12, [CONVLSTM]),
        Finding("validation accuracy", accuracy, not_below),
        Finding("validation accuracy", accuracy, not_above),
        Finding("late gain in validation accuracy", gains, STALLED),
    ]


def _reading_and_calculating_is_better(content: Content) -> list[Finding]:
    name = "solver_unseen_instances_exact_match"
    calculated = content.numbers(("digit_classifier", "corrected"), name)
    models = (content.numbers(model, "validation_exact_match") for model in ENCODERS)
    return [
        Finding(
            "exact match, classifier and calculation minus the better model",
            calculated - np.maximum(*models),
            Bounds(low=0, margin=ONE_SEED, at_reduced_scale=NEVER),
        )
    ]


IMAGE2TEXT_CRITERIA = {
    "C12": Criterion(
        "Trained on 75% of the queries, text to text has a validation accuracy more than "
        f"{FAR.low:g} above that of each augmented image-to-text model (with one seed: more than "
        f"{FAR.of_one_seed:g}). Requires the full scale: few epochs leave both far from "
        "convergence.",
        (COMPARED_SPLIT, *ENCODERS),
        ("fig:image2text-augmented", "fig:text2text-curves"),
        _far_below_text,
    ),
    "C13": Criterion(
        "With augmentation, the ConvLSTM's validation accuracy minus that of the flattening LSTM, "
        f"after {AUGMENTED_EPOCHS} epochs or the last epoch that both reached, is above 0 with its "
        f"whole interval (with one seed: above {BETTER.margin:g}). Inconclusive if the two learn "
        "from different numbers of queries. The difference without augmentation, which is negative "
        f"in the original's figure 13, is reported but not required. {CURVES_CONDITION}",
        ENCODERS,
        ("fig:image2text-augmented", "fig:image2text-unaugmented"),
        _convlstm_is_better,
        version=2,
    ),
    "C14": Criterion(
        "For both encoders, after the last epoch that the original shows: without augmentation, "
        "trained on a quarter of the queries as in figure 13, training accuracy (its mean during "
        f"the epoch, with dropout) is above {TO_ONE.low:g} and validation accuracy is below "
        f"{LOW.high:g}; with augmentation, the two differ by less than {TOGETHER.high:g}. With one "
        f"seed, each must hold by at least {ONE_SEED:g}. A validation accuracy above {LOW.high:g} "
        "refutes the claim at any scale, even if other runs are missing; the rest requires the "
        f"full scale. {ALL_CURVES_CONDITION}",
        (*ENCODERS, *UNAUGMENTED),
        ("fig:image2text-unaugmented", "fig:image2text-augmented"),
        _overfits_unless_augmented,
        in_part=True,
    ),
    "C15": Criterion(
        f"Validation accuracy ends within {ABOUT:g} of the published value (with one seed: within "
        f"{ABOUT - ONE_SEED:g}), and its mean over the last quarter of the epochs is less than "
        f"{STALLED.high:g} above that of the quarter before (with one seed: less than "
        f"{STALLED.of_one_seed:g}). A higher accuracy refutes the claim at any scale; the "
        f"rest requires the full scale. {CURVES_CONDITION}",
        (CONVLSTM,),
        ("fig:image2text-augmented",),
        _ends_and_stalls,
    ),
    "C18": Criterion(
        "Classifying each digit, on images never trained on, and then calculating has a higher "
        "exact match than the better augmented model has on digit images most of which it was "
        f"trained on (with one seed: by at least {ONE_SEED:g}). Requires the full scale: the "
        "classifier needs few epochs, the models need many.",
        (("digit_classifier", "corrected"), *ENCODERS),
        ("tbl:corrected",),
        _reading_and_calculating_is_better,
    ),
}
