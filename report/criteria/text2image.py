"""Criteria of the claims about text to image."""

from figures import pairs
from original.published import published
from report.content import Content, Pair
from report.criteria.answer_images import own_error_fractions, sharpness_fractions
from report.criteria.comparisons import CURVE_TOLERANCES, after_epoch, near_published_curves
from report.criteria.findings import NEVER, ONLY_IF_FALSE, ONLY_IF_TRUE, Bounds, Criterion, Finding

MODELS = pairs("text2image", published()["text2image"])
BASE: Pair = ("text2image", "1-1-512")
# C16: the loss relative to that of BASE, minus 1; its fall relative to the first epoch
NO_BETTER = Bounds(low=-0.01, at_reduced_scale=NEVER)
HARDLY = Bounds(high=0.1, margin=0.03, at_reduced_scale=ONLY_IF_FALSE)
# C17, E5: fraction of the targets' sharpness
BLURRED = Bounds(high=0.5, margin=0.1, at_reduced_scale=ONLY_IF_FALSE)
# C17: error against the own target relative to other targets
PLAUSIBLE = Bounds(high=0.9, margin=0.05, at_reduced_scale=ONLY_IF_TRUE)
CURVES_CONDITION = (
    "At the full scale, inconclusive if a loss of 1/1/512 is more than "
    f"{CURVE_TOLERANCES[15]:g} from figure 15."
)


def _near_figure_15(content: Content) -> list[Finding]:
    return near_published_curves(content, BASE, "loss", 15, "{split}_loss", "{split} loss")


def _none_better_and_flat(content: Content) -> list[Finding]:
    base = content.numbers(BASE, "validation_loss")
    found = _near_figure_15(content)
    for model in MODELS:
        label = model[1].replace("-", "/")
        loss = content.numbers(model, "validation_loss")
        if model != BASE:
            what = f"validation loss, {label} over {BASE[1].replace('-', '/')}, minus 1"
            found.append(Finding(what, loss / base - 1, NO_BETTER, spec=".4f"))
        what = f"fall of the validation loss after the first epoch, {label}"
        found.append(Finding(what, 1 - loss / after_epoch(content, model, "val_loss", 1), HARDLY))
    return found


def _plausible_but_blurred(content: Content) -> list[Finding]:
    found = _near_figure_15(content)
    # The original shows queries of all 20,000, most of which are trained on.
    for split, label, blurred, plausible in (
        ("training", "trained on", BLURRED, PLAUSIBLE),
        ("validation", "held out", Bounds(), Bounds()),
    ):
        found += [
            Finding(
                f"sharpness over the targets', queries {label}",
                sharpness_fractions(content.complete(BASE), split),
                blurred,
            ),
            Finding(
                f"error against the own target relative to other targets, queries {label}",
                own_error_fractions(content, BASE, split),
                plausible,
            ),
        ]
    return found


TEXT2IMAGE_CRITERIA = {
    "C16": Criterion(
        f"No other model's best validation loss is more than {-NO_BETTER.low:.0%} below that of "
        "1/1/512, seed by seed (this requires two seeds), and no model's loss falls by more than "
        f"{HARDLY.high:.0%} after the first epoch (with one seed: {HARDLY.of_one_seed:.0%}). A "
        "larger fall refutes the claim at any scale; the rest requires the full scale. "
        f"{CURVES_CONDITION}",
        MODELS,
        ("fig:text2image-curves", "tbl:text2image-grid"),
        _none_better_and_flat,
    ),
    "C17": Criterion(
        "On queries that 1/1/512 was trained on, like most of the original's samples, the "
        f"generated images have less than {BLURRED.high:.0%} of their targets' sharpness (with one "
        f"seed: {BLURRED.of_one_seed:.0%}), and their squared error against their own targets is "
        f"below {PLAUSIBLE.high:.0%} of that against other targets with the same operator (with "
        f"one seed: {PLAUSIBLE.of_one_seed:.0%}): a plausible answer depends on the numbers. "
        "Held-out queries are reported but not required. At a reduced scale, only sharper images "
        f"(against the claim) and a fit to the targets (for it) count. {CURVES_CONDITION}",
        (BASE,),
        ("fig:text2image-sample",),
        _plausible_but_blurred,
        version=2,
    ),
}
