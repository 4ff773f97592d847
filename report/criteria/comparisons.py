"""Comparisons that the criteria of several claims share."""

import contextlib
import math
from collections.abc import Sequence

import numpy as np

from lib.models.faces.batches import MEASURED_PATHS
from original.published import curve
from report.content import Content, Pair
from report.criteria.findings import NEVER, NO_CONTRAST, OTHER_CURVE, Bounds, Finding
from report.reference.recorded_runs import NotRecordedError

SMOOTH = Bounds(high=1.5, margin=0.1)  # C4, C8: largest step over the mean one
# C4, C8: diversity of the ends as a fraction of real faces' diversity
CONTRAST = Bounds(low=0.25, margin=0.05)
TOLERANCE = 0.2  # C3, C5: of sharpness and SWD, as a fraction of the value
ABOUT = 0.05  # C10, C15: distance from the published value that still counts as "about"
ONE_SEED = 0.02  # for accuracies, in place of an interval
# Largest distance of our curve from the one read off the original's figure, by its number.
CURVE_TOLERANCES = {5: 0.006, 11: 0.06, 12: 0.015, 13: 0.02, 15: 0.003}
_MEASURES = {
    "loss": "loss",
    "samples_sharpness": "sharpness",
    "samples_swd": "SWD",
    "prior_sharpness": "sharpness of samples from the prior",
    "prior_swd": "SWD of samples from the prior",
}
SMOOTH_CONDITION = (
    "At every size, the largest step between neighbouring frames divided by the mean step "
    f"(averaged over {MEASURED_PATHS} paths) is below {SMOOTH.high:g} (with one seed: below "
    f"{SMOOTH.of_one_seed:g})."
)
CONTRAST_CONDITION = (
    f"Inconclusive if the ends of the paths are less than {CONTRAST.low:.0%} as diverse as real "
    "faces; diversity is 1 minus MS-SSIM."
)


def difference(content: Content, first: Pair, second: Pair, name: str) -> np.ndarray:
    """Return a metric of `first` minus that of `second`, seed by seed; empty if one lacks runs."""
    one, other = content.numbers(first, name), content.numbers(second, name)
    return one - other if len(one) and len(other) else np.array([])


def after_epoch(content: Content, pair: Pair, metric: str, epoch: int | None = None) -> np.ndarray:
    """Return a metric after an epoch, by default the last, or after the last there is."""
    return np.array([series[:epoch][-1] for series in content.series(pair, metric)])


def alike(
    content: Content, label: str, first: Pair, second: Pair, name: str, bounds: Bounds
) -> Finding:
    """Return a finding on the difference of a metric divided by its mean, seed by seed."""
    one, other = content.numbers(first, name), content.numbers(second, name)
    total = one + other
    relative = np.divide(2 * (one - other), total, out=np.zeros_like(total), where=total != 0)
    return Finding(f"{_MEASURES[name]}, {label}, relative", relative, bounds)


def quotients(numbers: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the quotients of two series, seed by seed; NaN for a divisor of 0."""
    return np.divide(numbers, others, out=np.full_like(others, math.nan), where=others != 0)


def latent(content: Content, *models: Pair) -> str:
    """Return the label of a model's latent size, or of the difference of two: "latent 32"."""
    sizes = (str(content.setting(name, "latent_dim", variant)) for name, variant in models)
    return f"latent {' minus '.join(sizes)}"


def contrast(content: Content, model: Pair, ends: str) -> Finding:
    """Return a finding that holds if the ends of interpolations differ.

    Paths between similar ends are always smooth. `ends` names the images at the ends of the paths:
    "prior" or "samples".
    """
    generated, real = (
        1 - content.numbers(model, name) for name in (f"{ends}_ms_ssim", "real_ms_ssim")
    )
    what = f"diversity over real, {latent(content, model)}"
    return Finding(what, quotients(generated, real), CONTRAST, guards=NO_CONTRAST)


def without_contrast(content: Content, models: Sequence[Pair], ends: str) -> str:
    """Return why paths of these models are inconclusive, "" if they are not."""
    shown = (contrast(content, model, ends).evaluation(full_scale=True)[0] for model in models)
    return "" if all(shown) else NO_CONTRAST


def smooth(content: Content, models: Sequence[Pair], ends: str) -> list[Finding]:
    """Return findings that hold if interpolations are smooth; `ends` as for `contrast`."""
    return [
        finding
        for model in models
        for finding in (
            Finding(
                f"largest over mean step, {latent(content, model)}",
                content.numbers(model, "interpolation_smoothness"),
                SMOOTH,
                unfair=without_contrast(content, [model], ends),
            ),
            contrast(content, model, ends),
        )
    ]


def near_published_curve(
    content: Content, pair: Pair, metric: str, figure: int, name: str, label: str
) -> Finding:
    """Return a finding on the largest distance between our curve and the published one.

    Compares the epochs that were read off the original's figure and that our runs reached. Has no
    values if only the results of runs are known.
    """
    points = curve(figure, name)
    distances = []
    with contextlib.suppress(NotRecordedError):
        for series in content.series(pair, metric):
            shared = [epoch for epoch in points if epoch <= len(series)]
            if shared:
                distances.append(max(abs(series[epoch - 1] - points[epoch]) for epoch in shared))
    return Finding(
        f"largest distance from figure {figure}, {label}",
        distances,
        Bounds(high=CURVE_TOLERANCES[figure], margin=0.0, at_reduced_scale=NEVER),
        spec=".4f",
        guards=OTHER_CURVE,
    )


def near_published_curves(
    content: Content, pair: Pair, metric: str, figure: int, name: str, label: str
) -> list[Finding]:
    """Return `near_published_curve` of training and of validation.

    "{split}" in `name` and `label` stands for either.
    """
    return [
        near_published_curve(
            content, pair, split_metric, figure, name.format(split=split), label.format(split=split)
        )
        for split_metric, split in ((metric, "training"), (f"val_{metric}", "validation"))
    ]


def gain(series: np.ndarray) -> float:
    """Return the mean of the last quarter of the epochs minus that of the quarter before."""
    quarter = max(1, len(series) // 4)
    before = series[-2 * quarter : -quarter]
    return float(series[-quarter:].mean() - before.mean()) if len(before) else math.nan
