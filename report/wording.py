"""Formats numbers, settings, names and records as text."""

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping, Sequence

from lib.config.base import Settings
from lib.config.request import Planned
from lib.metrics.intervals import LEVEL, mean_interval
from report.criteria.findings import Finding

# The settings that decide the amount of training and data, and their units.
SCALE = {
    "image_count": "images",
    "query_count": "queries",
    "digit_count": "digits",
    "epochs": "epochs",
    "steps_per_epoch": "steps each",
}


def estimate(values: Sequence[float], spec: str, level: float = LEVEL) -> str:
    """Return the mean of one value per seed, and the half-width of its interval (Student's t).

    One seed has no interval, and neither have seeds that all agree. `spec` is a format
    specification; its kind "g" gives significant digits without an exponent.
    """
    mean, half_width = mean_interval(values, level)
    decimals = decimals_of(mean, spec)
    text = fixed(mean, decimals, "," in spec)
    if half_width is None or not half_width > 0:
        return text
    # The no-break spaces keep both on one line.
    return f"{text}\u00a0±\u00a0{fixed(half_width, decimals, ',' in spec)}"


def decimals_of(value: float, spec: str) -> int:
    """Return how many digits `spec`, such as ".4f" or ".3g", gives `value` after the point."""
    digits = int(spec.strip(",")[1:-1])
    if spec.endswith("f") or not value or not math.isfinite(value):
        return digits if spec.endswith("f") else digits - 1
    # Printed with an exponent, because rounding may add a digit: 9.99 is 10.0.
    exponent = int(f"{value:.{digits - 1}e}".partition("e")[2])
    return max(0, digits - 1 - exponent)


def fixed(value: float, decimals: int, grouped: bool = False) -> str:
    """Return `value` with the given number of decimals and a true minus sign."""
    return format(value, f"{',' if grouped else ''}.{decimals}f").replace("-", "\u2212")


def called(data: dict) -> str:
    """Return the name of data as plain text; a stand-in is marked."""
    is_unmarked = data["synthetic"] and "stand-in" not in data["name"]
    return data["name"] + (" (stand-in)" if is_unmarked else "")


def seeds_in_words(seeds: Iterable[int]) -> str:
    """Return numbers of seeds as words: "seeds 0, 1, 2"."""
    found = list(map(str, seeds))
    return f"seed{'s' * (len(found) > 1)} {', '.join(found)}"


def run_name(pair: tuple[str, str]) -> str:
    """Return what an experiment's variant is called in tables."""
    experiment, variant = pair
    return experiment if variant == "published" else f"{experiment} / {variant}"


def settings_text(pair: tuple[str, str], planned: Mapping[tuple[str, str], Planned]) -> str:
    """Return all settings of a planned run as NAME=VALUE, as they are given to Make.

    If an earlier run has the same kind of settings, only the differing ones, after its name.
    """
    own = planned[pair].settings
    first, other = next(
        (each, run.settings) for each, run in planned.items() if type(run.settings) is type(own)
    )
    values = dataclasses.asdict(own)
    if first == pair:
        return " ".join(setting_argument(name, value) for name, value in values.items())
    changed = [name for name, value in values.items() if value != getattr(other, name)]
    differing = [setting_argument(name, values[name]) for name in changed]
    return f"as {run_name(first)}, {' '.join(differing)}".rstrip(", ")


def scale_of(settings: Sequence[Settings]) -> str:
    """Return the numbers of examples and epochs in `settings`, as ranges if they differ."""
    found = {unit: range_of(settings, field) for field, unit in SCALE.items()}
    return ", ".join(
        f"{numbers} {_singular(unit) if numbers == '1' else unit}"
        for unit, numbers in found.items()
        if numbers
    )


def _singular(unit: str) -> str:
    counted, *rest = unit.split()
    return " ".join([counted.removesuffix("s"), *rest])


def range_of(settings: Sequence[Settings], field: str) -> str:
    """Return the lowest and highest number of a field, "" if none of `settings` has it."""
    found = sorted({getattr(each, field) for each in settings if hasattr(each, field)})
    return "–".join(dict.fromkeys(f"{number:,}" for number in (*found[:1], *found[-1:])))


def escaped(text: str) -> str:
    """Return `text` with all characters escaped that Markdown would interpret."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~^$@\"'-])", r"\\\1", " ".join(str(text).split()))


def setting_argument(name: str, value: object) -> str:
    """Return a setting as NAME=VALUE, as it is given to Make."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{name.upper()}={text}"


def metric_in_words(name: str) -> str:
    """Return the name of a metric as text: "samples SWD"."""
    return name.replace("_", " ").replace("swd", "SWD")


def short_commit(commit: str) -> str:
    """Return the first 12 digits of a commit, with its plus sign if files had changed."""
    return commit[:12] + ("+" if commit.endswith("+") else "")


def facts_in_words(facts: dict) -> str:
    """Return a record as "name value, name value"; empty values are left out."""
    texts = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in facts.items()
    }
    return ", ".join(f"{name} {text}" for name, text in texts.items() if text)


def required(finding: Finding) -> str:
    """Return the range that a finding must lie in, "" if it has none.

    That of one seed is narrower by the margin, which replaces an interval.
    """
    margin = (finding.bounds.margin or 0.0) if len(finding.values) == 1 else 0.0
    bounds = (finding.bounds.low + margin, finding.bounds.high - margin)
    low, high = (f"{bound:.4g}".replace("-", "\u2212") for bound in bounds)
    match tuple(map(math.isfinite, bounds)):
        case (True, True):
            return f"{low} to {high}"
        case (True, False):
            return f"above {low}"
        case (False, True):
            return f"below {high}"
    return ""


def held(finding: Finding, full_scale: bool) -> str:
    """Return "yes", "no", or the reason why it is open whether a finding holds."""
    if not finding.has_bounds:
        return "\u2013"
    holds, reason = finding.evaluation(full_scale)
    return {True: "yes", False: "no", None: reason}[holds]
