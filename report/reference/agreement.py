"""Do a user's own runs agree with the recorded ones?

Runs of the same seed, software and processor must be equal to the last bit. Runs that end with the
same weights must have the same metrics. All others are compared by their metrics. The difference of
the means over the seeds, in units of its standard error, follows Student's t with n - 1 degrees of
freedom if both sample one normal distribution; the recorded seeds give the standard error. All
metrics of all runs are tested together by the method of Holm (1979): if nothing is wrong, the whole
comparison finds a difference with probability `LEVEL`. A metric on which all recorded seeds agree
has no standard error, such as one of the real faces alone or a fraction of 0 or 1. It may differ by
`TOLERANCE`.

What a test finds depends on the recorded seeds. Of 300 metrics, that of one seed has to be 8
standard deviations off if 8 seeds are recorded, and 90 if 3 are. Not all metrics are normal: if
each recorded seed is compared with the others, about one in five differs, in a fraction near 0 or 1
or after a training that diverged. After one differing metric, run a further seed.
"""

import collections
import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from scipy.special import stdtr

from report.reference.recorded_runs import by_pair, counted_by_pair, is_finished
from report.wording import fixed, setting_argument

AGREES, DIFFERS, NOT_COMPARABLE = "agrees", "differs", "not comparable"
AGREEMENTS = (AGREES, DIFFERS, NOT_COMPARABLE)
LEVEL = 0.05
ROUNDING = 1e-9  # fraction of the value; values that differ by less are equal
TOLERANCE = 0.01  # fraction of the value, absolute for values below 1

Pair = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Agreement:
    """How the runs of one variant of an experiment compare with the reference."""

    name: str
    verdict: str
    reason: str


@dataclasses.dataclass(frozen=True)
class _Test:
    metric: str
    own: float
    reference: float
    p: float

    @property
    def words(self) -> str:
        decimals = 4 if abs(self.reference) < 100 else 1
        return f"{self.metric} {fixed(self.own, decimals)}, not {fixed(self.reference, decimals)}"


def compare(own: Sequence[dict], reference: Sequence[dict]) -> list[Agreement]:
    """Compare runs with the reference's, both as `report.reference.record.entries` returns them."""
    mine, theirs = by_pair(own), counted_by_pair(reference)
    decided = {pair: _decided(runs, theirs.get(pair, [])) for pair, runs in mine.items()}
    tests = {
        pair: _tests(runs, theirs[pair]) for pair, runs in mine.items() if decided[pair] is None
    }
    failed = _failed_by_holm([(pair, test) for pair in tests for test in tests[pair]])
    for pair, made in tests.items():
        if pair in failed:
            decided[pair] = DIFFERS, "; ".join(test.words for test in failed[pair])
        elif made:
            decided[pair] = AGREES, f"{len(made)} metrics within what seeds do"
        else:
            decided[pair] = NOT_COMPARABLE, "no metric in common"
    return [Agreement("/".join(pair), *decided[pair]) for pair in mine]


def _decided(own: list[dict], reference: list[dict]) -> tuple[str, str] | None:
    """Return verdict and reason if no test is needed, or none is possible; else None."""
    if not reference:
        return NOT_COMPARABLE, "not in the reference"
    if changed := _changed_settings(own[0]["settings"], reference[0]["settings"]):
        return DIFFERS, changed
    if others := _other_data(own[0]["data"], reference[0]["data"]):
        return NOT_COMPARABLE, f"other {' and '.join(others)}"
    if not all(map(is_finished, (*own, *reference))):
        return NOT_COMPARABLE, "not trained to the end"
    by_seed = {run["seed"]: run for run in reference}
    both = [(run, by_seed[run["seed"]]) for run in own if run["seed"] in by_seed]
    unequal = [pair for pair in both if pair[0]["weights_sha256"] != pair[1]["weights_sha256"]]
    if any(_same_machinery(*pair) for pair in unequal):
        return DIFFERS, "other weights from the same seed, software and processor"
    if len(both) == len(own) and not unequal:
        others = sorted({name for pair in both for name in _other_metrics(*pair)})
        if others:
            return DIFFERS, f"the same weights to the last bit, but other {', '.join(others)}"
        return AGREES, "the same weights to the last bit"
    if len(reference) == 1:
        return NOT_COMPARABLE, "the reference has one seed, which gives no tolerance"
    return None


def _other_metrics(own: dict, reference: dict) -> list[str]:
    """Return which metrics of equal weights differ, or are those of one of two runs only."""
    mine, theirs = own["metrics"], reference["metrics"]
    fraction = ROUNDING if _same_machinery(own, reference) else TOLERANCE
    return [
        name
        for name in {**theirs, **mine}
        if name not in mine or name not in theirs or not _close(mine[name], theirs[name], fraction)
    ]


def _close(own: float, reference: float, fraction: float) -> bool:
    both_nan = math.isnan(own) and math.isnan(reference)
    return both_nan or own == reference or abs(own - reference) <= fraction * max(1, abs(reference))


def _changed_settings(own: dict, reference: dict) -> str:
    names = [name for name in {**reference, **own} if own.get(name) != reference.get(name)]
    return "; ".join(
        f"{setting_argument(name, own.get(name))}, not {reference.get(name)}" for name in names
    )


def _other_data(own: dict, reference: dict) -> list[str]:
    return [
        kind
        for kind in own
        if own[kind]["fingerprint"] != reference.get(kind, {}).get("fingerprint")
    ]


def _same_machinery(own: dict, reference: dict) -> bool:
    decisive = ("cpu", "generation", "instruction_sets", "caches", "gpus")
    return (
        not any("continued_with" in run for run in (own, reference))
        and own["versions"] == reference["versions"]
        and own["threads"] == reference["threads"]
        and all(own["hardware"].get(k) == reference["hardware"].get(k) for k in decisive)
    )


def _tests(own: list[dict], reference: list[dict]) -> list[_Test]:
    shared = set.intersection(*(set(run["metrics"]) for run in (*own, *reference)))
    return [
        _test(name, *([run["metrics"][name] for run in runs] for runs in (own, reference)))
        for name in reference[0]["metrics"]
        if name in shared
    ]


def _test(metric: str, own: list[float], reference: list[float]) -> _Test:
    difference = float(np.mean(own) - np.mean(reference))
    error = float(np.std(reference, ddof=1)) * math.sqrt(1 / len(own) + 1 / len(reference))
    if math.isnan(difference):
        # NaN differs from every number, and agrees with NaN.
        p = float(bool(np.isnan(own).any() == np.isnan(reference).any()))
    elif error > ROUNDING * abs(np.mean(reference)):
        p = 2 * float(stdtr(len(reference) - 1, -abs(difference) / error))
    else:
        p = float(_close(float(np.mean(own)), float(np.mean(reference)), TOLERANCE))
    return _Test(metric, float(np.mean(own)), float(np.mean(reference)), p)


def _failed_by_holm(tests: list[tuple[Pair, _Test]]) -> dict[Pair, list[_Test]]:
    failed = collections.defaultdict(list)
    for k, (pair, test) in enumerate(sorted(tests, key=lambda each: each[1].p)):
        if test.p > LEVEL / (len(tests) - k):
            break
        failed[pair].append(test)
    return failed
