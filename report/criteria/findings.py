"""How numbers become a verdict: what a criterion asks of them, and what seeds and scale allow."""

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
OTHER_CURVE = "our curve is not the published one"
ONLY_IF_TRUE, ONLY_IF_FALSE = frozenset({True}), frozenset({False})


@dataclasses.dataclass(frozen=True)
class Finding:
    """One number that a claim rests on, and the range it has to lie in.

    Its interval over the seeds (Student's t, of the given level) has to lie within the range for
    the finding to hold, and beyond it to be refuted; a tie of all seeds does neither. A single seed
    has no interval: `margin` takes its place where the criterion gives one, and otherwise nothing
    is decided. One without any bound is shown, and decides nothing; one without values is open.
    """

    what: str
    values: tuple[float, ...]  # one per seed; none where its runs are missing
    low: float = -math.inf
    high: float = math.inf
    margin: float | None = None
    spec: str = ".3f"
    at_reduced_scale: frozenset[bool] = ALWAYS  # the outcomes that count at other settings
    guards: str = ""  # what is wrong with the comparison where this is refuted
    unfair: str = ""  # why nothing may be concluded, where there is a reason
    level: float = LEVEL

    @property
    def has_bounds(self) -> bool:
        """Whether there is a bound."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    @property
    def interval(self) -> tuple[float, float | None]:
        """The seeds' mean, and the half-width of its interval, None for one seed."""
        return mean_interval(self.values, self.level)

    def evaluation(self, full_scale: bool) -> tuple[bool | None, str]:
        """Return whether the finding holds, None where that is open, and then the reason."""
        if not self.values:
            return None, NOT_RUN
        if not (full_scale or self.at_reduced_scale or self.unfair):
            return None, "reduced scale"
        holds, reason = self._holds()
        if holds is None:
            return None, reason
        if self.guards and not holds:
            return None, self.guards
        if not full_scale and holds not in self.at_reduced_scale:
            return None, "reduced scale"
        return holds, ""

    def _holds(self) -> tuple[bool | None, str]:
        mean, half_width = self.interval
        if self.unfair:
            return None, self.unfair
        if half_width is None and self.margin is None:
            return None, "one seed"
        reach = self.margin if half_width is None else half_width
        if not math.isfinite(mean) or not math.isfinite(reach):
            return None, "not a number"
        if self.low < mean - reach and mean + reach < self.high:
            return True, ""
        if mean + reach < self.low or mean - reach > self.high:
            return False, ""
        return None, "too close for one seed" if half_width is None else "within seed noise"

    def record(self, full_scale: bool) -> dict:
        """Return the finding for machines; null stands for no bound and for no interval."""
        mean, half_width = self.interval
        holds, reason = self.evaluation(full_scale) if self.has_bounds else (None, "")
        return {
            "what": self.what,
            "mean": _finite(mean),
            "half_width": _finite(half_width),
            "seeds": len(self.values),
            "above": _finite(self.low),
            "below": _finite(self.high),
            "holds": holds,
            "reason": reason,
        }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


@dataclasses.dataclass(frozen=True)
class Criterion:
    """What decides a claim, in words and as code."""

    words: str
    needs: tuple[tuple[str, str], ...]  # the runs: experiment, variant; none: nothing was trained
    see: tuple[str, ...]  # the figures and tables, such as "fig:vae-loss"
    findings: Callable[..., list[Finding]]  # of the report's Content
    in_part: bool = False  # whether findings can be had, and refute, where others' runs are missing
    looks: int = 1  # at the reference's seeds: more were added where they had decided nothing

    @property
    def level(self) -> float:
        """The level of its intervals, by which all looks together err no more often than one.

        Bonferroni's correction: Dunn (1961), "Multiple comparisons among means".
        """
        return 1 - (1 - LEVEL) / self.looks

    @property
    def text(self) -> str:
        """The criterion in words, with the level of its intervals where that is not the usual."""
        if self.looks == 1:
            return self.words
        return (
            f"{self.words} In the reference, seeds were added because these left it open, so that "
            f"intervals are of {self.level:.1%}."
        )


def verdict(findings: Sequence[Finding], full_scale: bool) -> tuple[str, str]:
    """Return the verdict on a claim that all `findings` have to bear out, and its reason.

    One finding that is refuted refutes the claim; without one, any that is open leaves it open. At
    a reduced scale, no curve can be told from the published one.
    """
    evaluations = [
        finding.evaluation(full_scale)
        for finding in findings
        if finding.has_bounds and (full_scale or finding.guards != OTHER_CURVE)
    ]
    refuted = sum(holds is False for holds, _ in evaluations)
    if refuted:
        return NOT_REPRODUCED, f"{refuted} of {len(evaluations)} conditions fail"
    reasons = list(dict.fromkeys(reason for holds, reason in evaluations if holds is None))
    if reasons or not evaluations:
        return INCONCLUSIVE, "; ".join(reasons) or "nothing measured"
    return REPRODUCED, f"all {len(evaluations)} conditions hold" if len(evaluations) > 1 else ""
