"""What the stored drawings of a text-to-image model tell: sharp or not, of the query or not."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from lib.metrics.images import sharpness
from lib.runs.directories import Run
from report.content import Content, Pair
from report.criteria.findings import NOT_RUN
from report.wording import estimate


def drawn_sharpness(digits: np.ndarray) -> float:
    """Return the mean sharpness of grey uint8 images (..., 28, 28)."""
    grey = digits.reshape(-1, *digits.shape[-2:])
    return float(sharpness(grey[..., None].repeat(3, -1)).mean())


def sharpness_fractions(runs: Iterable[Run], part: str = "validation") -> tuple[float, ...]:
    """Return the sharpness of the stored images of a part over their targets', seed by seed."""
    return tuple(
        drawn_sharpness(run.samples[f"{part}_predictions"])
        / drawn_sharpness(run.samples[f"{part}_targets"])
        for run in runs
    )


def own_error_fraction(
    predictions: np.ndarray, targets: np.ndarray, operators: Sequence[str]
) -> float:
    """Return the squared error against the own targets over that against others' targets.

    Images are uint8 (examples, ...), of each of `operators` two or none. Others are those with the
    same operator, which decides where an answer is padded: 1 means that an image does not depend on
    the numbers of its query.
    """
    drawn, wanted = (images.reshape(len(images), -1) / 255 for images in (predictions, targets))
    errors = np.stack([np.square(one - wanted).mean(axis=-1) for one in drawn])
    alike = np.array(operators)[:, None] == np.array(operators)
    np.fill_diagonal(alike, False)
    # Averaged for each image first, so that kinds of unlike number count as they do beside.
    others = np.mean([row[chosen].mean() for row, chosen in zip(errors, alike, strict=True)])
    return float(np.diag(errors).mean() / others) if others else math.nan


def own_error_fractions(content: Content, pair: Pair, part: str) -> list[float]:
    """Return `own_error_fraction` of a model's stored images, seed by seed, none if not run."""
    return [
        own_error_fraction(
            run.samples[f"{part}_predictions"],
            run.samples[f"{part}_targets"],
            ["+" if "+" in each["query"] else "-" for each in run.result["examples"][part]],
        )
        for run in content.complete(pair)
    ]


def own_error(content: Content, pair: Pair, part: str) -> str:
    """Return `own_error_fractions` as text."""
    fractions = own_error_fractions(content.whole, pair, part)
    return estimate(fractions, ".2f") if fractions else _missing(content, pair)


def _missing(content: Content, pair: Pair) -> str:
    return content.absent if content.complete(pair) else NOT_RUN


def same_for_every_query(content: Content, models: Iterable[Pair]) -> list[Pair]:
    """Return those of `models` whose stored drawings, with each seed, are all one picture.

    A grey level of difference is allowed: one value on both sides of a half is rounded to two.
    """
    return [
        pair
        for pair in models
        if content.whole.complete(pair)
        and all(
            np.ptp(run.samples["validation_predictions"], axis=0).max() <= 1
            for run in content.whole.complete(pair)
        )
    ]
