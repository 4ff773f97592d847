"""What every report says of the record: finished runs at the original's own scale."""

import dataclasses
from collections.abc import Iterable, Sequence

from lib.config.experiments import experiments
from report.content import FULL_PROFILE, Pair
from report.criteria.claims import count_seeds
from report.criteria.findings import NOT_RUN
from report.reference import record
from report.reference.recorded_runs import by_pair, is_finished
from report.wording import called, escaped, estimate, metric_in_words


@dataclasses.dataclass(frozen=True)
class ReferenceResults:
    """Finished runs of a record, one list of them for each (experiment, variant)."""

    runs: dict[Pair, Sequence[dict]]
    verdicts: dict[str, dict]  # of claims and suspected defects, as in claims.json

    def verdict(self, name: str) -> str:
        """Return the verdict on a claim or a defect: "inconclusive", "not run", ..."""
        return self.verdicts.get(name, {}).get("verdict", NOT_RUN)

    def verdict_seeds(self, name: str) -> str:
        """Return on how many seeds a verdict rests, as words, "" if it needs no run or has none."""
        runs = self.verdicts.get(name, {}).get("runs", ())
        seeds = count_seeds(runs) if self.verdict(name) != NOT_RUN else 0
        return f"{seeds} seed{'s' * (seeds > 1)}" if seeds else ""

    def value(self, pair: Pair, name: str, spec: str) -> str:
        """Return a metric: the seeds' mean, its interval if there are several, "–" without any."""
        runs = self.runs.get(pair, ())
        return estimate([run["metrics"][name] for run in runs], spec) if runs else "–"

    def seeds(self, pair: Pair) -> int:
        """Return of how many seeds there are runs."""
        return len(self.runs.get(pair, ()))

    def primary_metrics(self, left_out: Sequence[str]) -> list[tuple[Pair, str, str]]:
        """Return each pair, its primary metric in words, and its value.

        The experiments in `left_out` are left out.
        """
        shown = [pair for pair in self.runs if pair[0] not in left_out]
        names = [experiments()[experiment].settings.primary_metric for experiment, _ in shown]
        return [
            (pair, metric_in_words(name), self.value(pair, name, ".4g"))
            for pair, name in zip(shown, names, strict=True)
        ]

    def conditions(self, pairs: Iterable[Pair]) -> str:
        """Return what ends a caption: that it is the record, its profile, the data read."""
        used = {
            kind: called(data)
            for pair in pairs
            for run in self.runs.get(pair, ())
            for kind, data in run["data"].items()
        }
        parts = [f"reference, {FULL_PROFILE} profile"]
        parts += [f"{kind}: {name}" for kind, name in used.items()]
        return escaped("; ".join(parts))


def at_full_scale() -> ReferenceResults:
    """Return the finished runs of the reference at the original's own scale.

    Raises UserError if the reference cannot be read.
    """
    known = record.read(FULL_PROFILE) or {"runs": [], "claims": [], "defects": []}
    verdicts = {one["id"]: one for part in record.PARTS for one in known[part]}
    return ReferenceResults(by_pair(filter(is_finished, known["runs"])), verdicts)
