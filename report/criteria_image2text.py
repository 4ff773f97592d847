"""What decides the claims about image to text."""

from figures.image2text_curves import LAST_EPOCH
from report.comparisons import (
    ABOUT,
    ONE_SEED,
    STALLED,
    STALLED_MARGIN,
    TO_ONE,
    gain,
)
from report.content import Content, pairs
from report.judgement import NEVER, ONLY_IF_FALSE, Criterion, Finding
from report.published import published
from report.recorded_runs import NumbersOnlyError

COMPARED_SPLIT = "train-75"  # C12: no larger than the share that image to text trains on
ENCODERS = ("flatten", "convlstm")
FAR = 0.2  # C12
FAR_MARGIN = 0.1
LOW = published()["image2text"]["unaugmented_validation_below"]  # C14
TOGETHER = 0.05  # C14


def _far_below_text(content: Content) -> list[Finding]:
    text = content.numbers("text2text", "validation_accuracy", COMPARED_SPLIT)
    return [
        Finding(
            f"text to text less {_called(encoder)}",
            tuple(
                one - other
                for one, other in zip(
                    text,
                    content.numbers("image2text", "validation_accuracy", encoder),
                    strict=True,
                )
            ),
            low=FAR,
            margin=FAR_MARGIN,
            at_reduced_scale=NEVER,
        )
        for encoder in ENCODERS
    ]


def _called(variant: str) -> str:
    name = "ConvLSTM" if variant.startswith("convlstm") else "flattening LSTM"
    return f"{name} without augmentation" if variant.endswith("unaugmented") else name


def _convlstm_is_better(content: Content) -> list[Finding]:
    flat, convolutional = (content.complete(("image2text", name)) for name in ENCODERS)
    epoch = min(LAST_EPOCH, *(run.result["epochs"] for run in (*flat, *convolutional)))
    counts = {content.setting("image2text", "query_count", name) for name in ENCODERS}
    return [
        Finding(
            f"ConvLSTM less flattening LSTM, validation accuracy after epoch {epoch}",
            tuple(
                float(one.series("val_accuracy")[epoch - 1] - two.series("val_accuracy")[epoch - 1])
                for one, two in zip(convolutional, flat, strict=True)
            ),
            low=0,
            unfair="the two learn from unlike numbers of queries" if len(counts) > 1 else "",
        )
    ]


def _overfits_unless_augmented(content: Content) -> list[Finding]:
    found = []
    for encoder in ENCODERS:
        bare = f"{encoder}-unaugmented"
        found += [
            Finding(
                f"{_called(bare)}, training",
                _at_last(content, bare, "accuracy"),
                low=TO_ONE,
                margin=ONE_SEED,
                at_reduced_scale=NEVER,
            ),
            Finding(
                f"{_called(bare)}, validation",
                _validation_at_last(content, bare),
                high=LOW,
                margin=ONE_SEED,
                at_reduced_scale=ONLY_IF_FALSE,
            ),
            Finding(
                f"{_called(encoder)} with augmentation, training less validation",
                tuple(
                    one - other
                    for one, other in zip(
                        _at_last(content, encoder, "accuracy"),
                        _at_last(content, encoder, "val_accuracy"),
                        strict=True,
                    )
                ),
                low=-TOGETHER,
                high=TOGETHER,
                margin=ONE_SEED,
                at_reduced_scale=NEVER,
            ),
        ]
    return found


def _at_last(content: Content, variant: str, name: str) -> tuple[float, ...]:
    """Return a metric after the last epoch that the original shows, or the last there is.

    None where runs are missing, or only their results are known.
    """
    runs = content.complete(("image2text", variant))
    try:
        return tuple(float(run.series(name)[:LAST_EPOCH][-1]) for run in runs)
    except NumbersOnlyError:
        return ()


def _validation_at_last(content: Content, variant: str) -> tuple[float, ...]:
    """Return the validation accuracy where `_at_last` does, and where a result has the same."""
    runs = content.complete(("image2text", variant))
    if all(run.result["epochs"] <= LAST_EPOCH for run in runs):
        return tuple(content.numbers("image2text", "validation_accuracy", variant))
    return _at_last(content, variant, "val_accuracy")


def _ends_and_stalls(content: Content) -> list[Finding]:
    known = published()["image2text"]["convlstm_long"]
    accuracy = tuple(content.numbers("image2text", "validation_accuracy", "convlstm"))
    runs = content.complete(("image2text", "convlstm"))
    return [
        Finding(
            "validation accuracy", accuracy, low=known - ABOUT, margin=ONE_SEED,
            at_reduced_scale=NEVER,
        ),
        Finding(
            "validation accuracy", accuracy, high=known + ABOUT, margin=ONE_SEED,
            at_reduced_scale=ONLY_IF_FALSE,
        ),
        Finding(
            "late gain in validation accuracy",
            tuple(gain(run.series("val_accuracy")) for run in runs),
            high=STALLED,
            margin=STALLED_MARGIN,
            at_reduced_scale=NEVER,
        ),
    ]  # fmt: skip


def _reading_and_calculating_is_better(content: Content) -> list[Finding]:
    name = "calculator_unseen_handwriting_exact_match"
    calculated = content.numbers("digit_reader", name, "corrected")
    models = (
        content.numbers("image2text", "validation_exact_match", variant) for variant in ENCODERS
    )
    best = [max(each) for each in zip(*models, strict=True)]
    return [
        Finding(
            "answers right, reader and calculator less the better model",
            tuple(one - other for one, other in zip(calculated, best, strict=True)),
            low=0,
            margin=ONE_SEED,
            at_reduced_scale=NEVER,
        )
    ]


IMAGE2TEXT_CRITERIA = {
    "C12": Criterion(
        f"Validation accuracy of text to text, trained on 75%, is more than {FAR:g} above that of "
        f"each image-to-text model with augmentation (one seed: by {FAR_MARGIN:g}). Judged at the "
        "full scale: both are far from their end after few epochs.",
        pairs("text2text", (COMPARED_SPLIT,)) + pairs("image2text", ENCODERS),
        ("fig:image2text-augmented", "fig:text2text-curves"),
        _far_below_text,
    ),
    "C13": Criterion(
        f"After the same epoch, the last that both reached and at most {LAST_EPOCH}, validation "
        "accuracy of the ConvLSTM less that of the flattening LSTM is above 0 with its whole "
        "interval, seed by seed, from two seeds on, and if both learn from as many queries.",
        pairs("image2text", ENCODERS),
        ("fig:image2text-augmented",),
        _convlstm_is_better,
    ),
    "C14": Criterion(
        f"For both encoders, after the last epoch but at most {LAST_EPOCH}: without augmentation, "
        f"training accuracy (its mean during the epoch, with dropout) is above {TO_ONE:g} and "
        f"validation accuracy below {LOW:g}; with it, the two differ by less than {TOGETHER:g} "
        f"(one seed: each by {ONE_SEED:g}). A validation accuracy above the bound decides at any "
        "scale, and where other runs are missing; the rest at the full one.",
        pairs("image2text", (*ENCODERS, *(f"{name}-unaugmented" for name in ENCODERS))),
        ("fig:image2text-unaugmented", "fig:image2text-augmented"),
        _overfits_unless_augmented,
        in_part=True,
    ),
    "C15": Criterion(
        f"Validation accuracy ends within {ABOUT:g} of the published one (one seed: by "
        f"{ONE_SEED:g}), and its mean over the last quarter of the epochs is less than "
        f"{STALLED:g} above that of the quarter before (one seed: by {STALLED_MARGIN:g}). A higher "
        "accuracy decides at any scale, the rest at the full one.",
        pairs("image2text", ("convlstm",)),
        ("fig:image2text-augmented",),
        _ends_and_stalls,
    ),
    "C18": Criterion(
        "The share of whole answers right, by reading each digit, of handwriting never trained on, "
        "and calculating, less that of the better augmented model on handwriting like that which "
        f"it was trained on, is above 0 (one seed: by {ONE_SEED:g}). Judged at the full "
        "scale: the reader needs few epochs, the models many.",
        (("digit_reader", "corrected"), *pairs("image2text", ENCODERS)),
        ("tbl:corrected",),
        _reading_and_calculating_is_better,
    ),
}
