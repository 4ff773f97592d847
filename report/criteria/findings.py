"""Turns numbers into verdicts: bounds, intervals over seeds, and the scale of the runs."""

import dataclasses
import math
from collections.abc import Callable, Sequence

from lib.metrics.intervals import LEVEL, mean_interval

REPRODUCED = "reproduced"
NOT_REPRODUCED = "not reproduced"
INCONCLUSIVE = "inconclusive"
NOT_RUN = "not run"
VERDICTS = (REPRODUCED, NOT_REPRODUCED, INCONCLUSIVE, NOT_RUN)

ALWAYS = frozenset({True, False})
NEVER: frozenset[bool] = frozenset()
NO_CONTRAST = "no contrast"
OTHER_CURVE = "our curve differs from the published one"
ONLY_IF_TRUE, ONLY_IF_FALSE = frozenset({True}), frozenset({False})


@dataclasses.dataclass(frozen=True)
class Bounds:
    """The range that a number must lie in, and which outcomes count below the full scale."""

    low: float = -math.inf
    high: float = math.inf
    margin: float | None = None  # replaces the interval that one seed does not have
    at_reduced_scale: frozenset[bool] = ALWAYS

    @property
    def of_one_seed(self) -> float:
        """The bound that a single seed's number must keep: the lower one if there is no upper."""
        return self.high - self.margin if math.isfinite(self.high) else self.low + self.margin


def within(
    tolerance: float, margin: float | None = None, at_reduced_scale: frozenset[bool] = ALWAYS
) -> Bounds:
    """Return the bounds of a number that may differ from 0 by `tolerance`."""
    return Bounds(-tolerance, tolerance, margin, at_reduced_scale)


@dataclasses.dataclass(frozen=True)
class Finding:
    """One number that a claim depends on, and the range that it must lie in.

    The finding holds if the number's interval over the seeds (Student's t, at the given level) lies
    within the range, and is refuted if the interval lies outside; a tie of all seeds does neither.
    One seed has no interval: the margin of the bounds replaces it if they have one, and otherwise
    nothing is decided. A finding without bounds is reported only; one without values is open.
    """

    what: str
    values: Sequence[float]  # one per seed; empty if runs are missing
    bounds: Bounds = Bounds()
    spec: str = ".3f"
    guards: str = ""  # why the claim is inconclusive if this is refuted
    unfair: str = ""  # why the comparison is unfair, "" if it is fair
    level: float = LEVEL

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(map(float, self.values)))

    @property
    def has_bounds(self) -> bool:
        """Whether there is a bound."""
        return math.isfinite(self.bounds.low) or math.isfinite(self.bounds.high)

    @property
    def interval(self) -> tuple[float, float | None]:
        """The seeds' mean, and the half-width of its interval, None for one seed."""
        return mean_interval(self.values, self.level)

    def evaluation(self, full_scale: bool) -> tuple[bool | None, str]:
        """Return whether the finding holds, None if that is open, and then the reason."""
        if not self.values:
            return None, NOT_RUN
        outcomes = ALWAYS if full_scale else self.bounds.at_reduced_scale
        if not (outcomes or self.unfair):
            return None, "reduced scale"
        holds, reason = self._holds()
        if holds is None:
            return None, reason
        if self.guards and not holds:
            return None, self.guards
        if holds not in outcomes:
            return None, "reduced scale"
        return holds, ""

    def _holds(self) -> tuple[bool | None, str]:
        mean, half_width = self.interval
        if self.unfair:
            return None, self.unfair
        low, high = self.bounds.low, self.bounds.high
        reach = self.bounds.margin if half_width is None else half_width
        if reach is None:
            return None, "one seed"
        if not math.isfinite(mean) or not math.isfinite(reach):
            return None, "not a number"
        if low < mean - reach and mean + reach < high:
            return True, ""
        if mean + reach < low or mean - reach > high:
            return False, ""
        return None, "too close for one seed" if half_width is None else "within seed noise"

    def record(self, full_scale: bool) -> dict:
        """Return the finding as JSON values; None means no bound or no interval."""
        mean, half_width = self.interval
        holds, reason = self.evaluation(full_scale) if self.has_bounds else (None, "")
        return {
            "what": self.what,
            "mean": _finite(mean),
            "half_width": _finite(half_width),
            "seeds": len(self.values),
            "above": _finite(self.bounds.low),
            "below": _finite(self.bounds.high),
            "holds": holds,
            "reason": reason,
        }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


@dataclasses.dataclass(frozen=True)
class Criterion:
    """How a claim is decided, as text and as code.

    `version` identifies the criterion: increase it if a bound, a measured number or the needed runs
    change, so that verdicts recorded by the earlier version no longer count. Rewording
    `description` changes no version.
    """

    description: str
    needs: tuple[tuple[str, str], ...]  # the runs: experiment, variant; empty: nothing was trained
    see: tuple[str, ...]  # the figures and tables, such as "fig:vae-loss"
    findings: Callable[..., list[Finding]]  # takes the report's Content
    in_part: bool = False  # whether some findings can refute the claim if other runs are missing
    looks: int = 1  # at the reference's seeds: seeds were added after an inconclusive look
    version: int = 1

    @property
    def level(self) -> float:
        """The level of the intervals at which all looks together err no more often than one.

        Bonferroni's correction: Dunn (1961), "Multiple comparisons among means".
        """
        return 1 - (1 - LEVEL) / self.looks

    @property
    def text(self) -> str:
        """The description, and the level of the intervals if it is not the usual one."""
        if self.looks == 1:
            return self.description
        return (
            f"{self.description} In the reference, seeds were added after an inconclusive look, so "
            f"the intervals are at {self.level:.1%}."
        )


def decisive(findings: Sequence[Finding], full_scale: bool) -> list[Finding]:
    """Return the findings that decide a claim: at a reduced scale, no distances from curves."""
    return [
        finding
        for finding in findings
        if finding.has_bounds and (full_scale or finding.guards != OTHER_CURVE)
    ]


def verdict(findings: Sequence[Finding], full_scale: bool) -> tuple[str, str]:
    """Return the verdict on a claim that requires all `findings`, and its reason.

    One refuted finding refutes the claim; otherwise one open finding leaves it open. The reason
    says so if only the comparison with a published curve is open.
    """
    deciding = decisive(findings, full_scale)
    evaluations = [finding.evaluation(full_scale) for finding in deciding]
    refuted = sum(holds is False for holds, _ in evaluations)
    if refuted:
        return NOT_REPRODUCED, f"{refuted} of {len(evaluations)} conditions fail"
    reasons = list(dict.fromkeys(reason for holds, reason in evaluations if holds is None))
    if reasons or not evaluations:
        reason = "; ".join(reasons) or "nothing measured"
        own = [
            holds
            for finding, (holds, _) in zip(deciding, evaluations, strict=True)
            if finding.guards != OTHER_CURVE
        ]
        if own and all(own):
            what = "" if OTHER_CURVE in reasons else "the distance from the published curve is "
            return INCONCLUSIVE, f"its own conditions hold, but {what}{reason}"
        return INCONCLUSIVE, reason
    return REPRODUCED, f"all {len(evaluations)} conditions hold" if len(evaluations) > 1 else ""
