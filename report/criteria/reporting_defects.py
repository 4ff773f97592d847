"""Criteria of the suspected defects of the original's metric and of its text."""

from original.published import published
from report.content import Content
from report.criteria.comparisons import ONE_SEED
from report.criteria.findings import Bounds, Criterion, Finding
from report.criteria.image2text import CONVLSTM
from report.criteria.text2text import SMALL_SPLITS

OVERSTATED = Bounds(low=0.1, margin=ONE_SEED)  # E6: per-character accuracy minus exact match


def _characters_overstate(content: Content) -> list[Finding]:
    kinds = [
        ("text to text, 10%", SMALL_SPLITS[0], "test", OVERSTATED),
        ("text to text, 5%", SMALL_SPLITS[1], "test", OVERSTATED),
    ]
    if content.complete(CONVLSTM):
        kinds.append(("ConvLSTM", CONVLSTM, "validation", Bounds()))
    return [
        Finding(
            f"per-character accuracy minus exact match, {label}",
            content.numbers(model, f"{split}_accuracy")
            - content.numbers(model, f"{split}_exact_match"),
            bounds,
        )
        for label, model, split, bounds in kinds
    ]


def _contradictions_are_listed(content: Content) -> list[Finding]:
    del content
    points = [len(published()["disagreements"])]
    any_point = Bounds(low=0, margin=0.0)
    return [Finding("points in which they disagree", points, any_point, spec=".0f")]


REPORTING_DEFECT_CRITERIA = {
    "E6": Criterion(
        "In text to text, trained on 10% or 5% of the queries, per-character accuracy exceeds "
        f"exact match by more than {OVERSTATED.low:g} (with one seed: "
        f"{OVERSTATED.of_one_seed:g}). The ConvLSTM's difference is reported if it was run.",
        SMALL_SPLITS,
        ("tbl:text2text-test",),
        _characters_overstate,
    ),
    "E8": Criterion(
        "The report, scripts and figures were compared by reading; no run is needed.",
        (),
        ("tbl:disagreements",),
        _contradictions_are_listed,
    ),
}
