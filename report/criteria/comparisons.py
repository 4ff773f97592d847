"""Comparisons that the criteria of several claims share."""

import contextlib
import math
from collections.abc import Mapping, Sequence

import numpy as np

from lib.models.faces.batches import MEASURED_PATHS
from original.published import curve
from report.content import Content, Pair, pairs
from report.criteria.findings import NEVER, NO_CONTRAST, OTHER_CURVE, Finding
from report.reference.recorded_runs import NotRecordedError

SMOOTH_BELOW = 1.5  # C4, C8: largest step over the mean one
SMOOTHNESS_MARGIN = 0.1
CONTRAST_ABOVE = 0.25  # C4, C8: diversity of the ends as a fraction of real faces' diversity
CONTRAST_MARGIN = 0.05
SHARPNESS_TOLERANCE = 0.2  # C3, C5: fraction of the value
DISTANCE_TOLERANCE = 0.2
ABOUT = 0.05  # C10, C15: distance from the published value that still counts as "about"
TO_ONE = 0.95  # C14: training accuracy that "goes to 1"
ONE_SEED = 0.02  # for accuracies, in place of an interval
STALLED = 0.02  # C15: gain between the last quarter of the epochs and the one before
STALLED_MARGIN = 0.01
# Largest distance of our curve from the one read off the original's figure, by its number.
CURVE_TOLERANCES = {5: 0.006, 11: 0.06, 12: 0.015, 13: 0.02, 15: 0.003}
_MEASURES = {"loss": "loss", "samples_sharpness": "sharpness", "samples_swd": "SWD"}
SMOOTH_CONDITION = (
    "At every size, the largest step between neighbouring frames divided by the mean step "
    f"(averaged over {MEASURED_PATHS} paths) is below {SMOOTH_BELOW:g} (with one seed: below "
    f"{SMOOTH_BELOW - SMOOTHNESS_MARGIN:g})."
)
CONTRAST_CONDITION = (
    f"Inconclusive if the ends of the paths are less than {CONTRAST_ABOVE:.0%} as diverse as real "
    "faces; diversity is 1 minus MS-SSIM."
)


def difference(content: Content, first: str, second: str, name: str) -> tuple[float, ...]:
    """Return a metric of `first` minus that of `second`, both as published, seed by seed."""
    return gap(content, (first, "published", name), (second, "published", name))


def gap(
    content: Content, one: tuple[str, str, str], other: tuple[str, str, str]
) -> tuple[float, ...]:
    """Return one metric minus another, seed by seed; each is (experiment, variant, name).

    Empty if runs of either are missing.
    """
    values = [content.numbers(name, metric, variant) for name, variant, metric in (one, other)]
    return differences(*values) if all(values) else ()


def differences(numbers: Sequence[float], others: Sequence[float]) -> tuple[float, ...]:
    """Return the differences of two series, seed by seed."""
    return tuple(one - other for one, other in zip(numbers, others, strict=True))


def more_accurate(
    content: Content,
    label: str,
    better: tuple[str, str, str],
    worse: tuple[str, str, str],
    at_reduced_scale: frozenset[bool],
) -> Finding:
    """Return a finding that holds if the accuracy `better` is above `worse`, each as for `gap`."""
    return Finding(
        label,
        gap(content, better, worse),
        low=0,
        margin=ONE_SEED,
        at_reduced_scale=at_reduced_scale,
    )


def relative(content: Content, first: str, second: str, name: str) -> tuple[float, ...]:
    """Return the difference of `first` and `second` divided by their mean, seed by seed."""
    values = zip(content.numbers(first, name), content.numbers(second, name), strict=True)
    return tuple(2 * (one - other) / (one + other) if one + other else 0.0 for one, other in values)


def alike(
    content: Content,
    label: str,
    first: str,
    second: str,
    margins: Mapping[str, float],
    **tolerances: float,
) -> list[Finding]:
    """Return findings that hold if two experiments differ by no more than a fraction.

    `tolerances` has the fraction for each metric, and `margins` how much narrower the bounds are
    for one seed, which decides nothing about a metric without a margin. Evaluated at the full
    scale only.
    """
    return [
        Finding(
            f"{_MEASURES[name]}, {label}, relative",
            relative(content, first, second, name),
            low=-tolerance,
            high=tolerance,
            margin=margins.get(name),
            at_reduced_scale=NEVER,
        )
        for name, tolerance in tolerances.items()
    ]


def ratio(content: Content, experiment: str, name: str, to: str) -> tuple[float, ...]:
    """Return one metric of an experiment divided by another, seed by seed."""
    return quotients(content.numbers(experiment, name), content.numbers(experiment, to))


def quotients(numbers: Sequence[float], others: Sequence[float]) -> tuple[float, ...]:
    """Return the quotients of two series, seed by seed; NaN for a divisor of 0."""
    values = zip(numbers, others, strict=True)
    return tuple(one / other if other else math.nan for one, other in values)


def latent_size(content: Content, experiment: str) -> object:
    """Return the latent dimensions of an experiment."""
    return content.setting(experiment, "latent_dim")


def minus(content: Content, first: str, second: str) -> str:
    """Return the label of the difference of two latent sizes."""
    return f"latent {latent_size(content, first)} minus {latent_size(content, second)}"


def published_runs(*experiments: str) -> tuple[tuple[str, str], ...]:
    """Return each experiment paired with its published variant."""
    return tuple(pair for experiment in experiments for pair in pairs(experiment))


def contrast(content: Content, experiment: str, ends: str) -> Finding:
    """Return a finding that holds if the ends of interpolations differ.

    Paths between similar ends are always smooth. `ends` names the images at the ends of the paths:
    "prior" or "samples".
    """
    generated, real = (
        content.numbers(experiment, name) for name in (f"{ends}_ms_ssim", "real_ms_ssim")
    )
    return Finding(
        f"diversity over real, latent {latent_size(content, experiment)}",
        quotients([1 - one for one in generated], [1 - other for other in real]),
        low=CONTRAST_ABOVE,
        margin=CONTRAST_MARGIN,
        guards=NO_CONTRAST,
    )


def without_contrast(content: Content, experiments: tuple[str, ...], ends: str) -> str:
    """Return why paths of these experiments are inconclusive, "" if they are not."""
    shown = (contrast(content, name, ends).evaluation(full_scale=True)[0] for name in experiments)
    return "" if all(shown) else NO_CONTRAST


def smooth(content: Content, experiments: tuple[str, ...], ends: str) -> list[Finding]:
    """Return findings that hold if interpolations are smooth; `ends` as for `contrast`."""
    found = []
    for name in experiments:
        found.append(
            Finding(
                f"largest over mean step, latent {latent_size(content, name)}",
                tuple(content.numbers(name, "interpolation_smoothness")),
                high=SMOOTH_BELOW,
                margin=SMOOTHNESS_MARGIN,
                unfair=without_contrast(content, (name,), ends),
            )
        )
        found.append(contrast(content, name, ends))
    return found


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
        for run in content.complete(pair):
            series = run.series(metric)
            shared = [epoch for epoch in points if epoch <= len(series)]
            if shared:
                distances.append(max(abs(series[epoch - 1] - points[epoch]) for epoch in shared))
    return Finding(
        f"largest distance from figure {figure}, {label}",
        tuple(map(float, distances)),
        high=CURVE_TOLERANCES[figure],
        margin=0.0,
        spec=".4f",
        at_reduced_scale=NEVER,
        guards=OTHER_CURVE,
    )


def gain(series: np.ndarray) -> float:
    """Return the mean of the last quarter of the epochs minus that of the quarter before."""
    quarter = max(1, len(series) // 4)
    before = series[-2 * quarter : -quarter]
    return float(series[-quarter:].mean() - before.mean()) if len(before) else math.nan
