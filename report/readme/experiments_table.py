"""The README's table of experiments, with expected numbers and times from the reference."""

import re
import statistics
import sys
from collections.abc import Mapping

from lib.config.experiments import experiments
from report.reference.recorded_runs import counted_by_pair, is_finished
from report.wording import decimals_of, fixed, metric_in_words


def table(references: Mapping[str, dict]) -> str:
    """Return the table as Markdown: what each experiment trains, its primary metric, its time.

    Numbers and times come from the references of the profiles `quick` and `paper`.
    """
    known = [references.get(profile, {"runs": []})["runs"] for profile in ("quick", "paper")]
    rows = [
        "| target | what is trained | in the original | number | `quick` | time | `paper` | time |",
        "|---|---|---|---|--:|--:|--:|--:|",
    ]
    for name, experiment in experiments().items():
        metric = experiment.settings.primary_metric
        numbers = [
            text
            for runs in known
            for text in _expected(
                [run for run in runs if run["experiment"] == name],
                metric,
                len(experiment.variants),
            )
        ]
        heads = [f"`{name.replace('_', '-')}`", *_docstring(name), metric_in_words(metric)]
        rows.append(f"| {' | '.join([*heads, *numbers])} |")
    return "\n".join(rows) + "\n"


def _docstring(name: str) -> tuple[str, str]:
    """Return what an experiment trains, and the original's figures and tables of it."""
    docstring = " ".join(sys.modules[f"experiments.{name}"].__doc__.split())
    shown = re.search(r"Original: [^.]*?((?:figure|table)s? [^;.]*)", docstring)
    return docstring.partition(". ")[0].rstrip("."), shown.group(1) if shown else ""


def _expected(runs: list[dict], metric: str, variant_count: int) -> tuple[str, str]:
    """Return a metric, from the lowest to the highest variant, and the time of one seed of all.

    The time is followed by a note if variants are missing or unfinished; the metric of an
    unfinished variant does not count. A variant is unfinished if no seed is finished.
    """
    variants = list(counted_by_pair(runs).values())
    finished = [same for same in variants if is_finished(same[0])]
    means = sorted(
        statistics.mean(run["metrics"][metric] for run in same)
        for same in finished
        if all(metric in run["metrics"] for run in same)
    )
    decimals = max((decimals_of(mean, ".3g") for mean in means), default=0)
    texts = dict.fromkeys(fixed(mean, decimals) for mean in (*means[:1], *means[-1:]))
    seconds = sum(map(_seconds, variants))
    if not variants:
        return "–", "–"
    time = [_duration(seconds)]
    if len(finished) < variant_count > 1:
        time.append(f"{len(finished)} of {variant_count} variants")
    begun = [run for same in variants for run in same if not is_finished(run)]
    if begun:
        least = min(begun, key=lambda run: run["epochs"] / run["settings"]["epochs"])
        another = "of another " if finished else ""
        time.append(f"{another}{least['epochs']} of {least['settings']['epochs']} epochs")
    return " to ".join(texts) or "–", ", ".join(time)


def _seconds(runs: list[dict]) -> float:
    """Return the mean processor time of runs, the shortest elapsed time if none recorded it."""
    known = [run["cpu_seconds"] for run in runs if "cpu_seconds" in run]
    return statistics.mean(known) if known else min(run["seconds"] for run in runs)


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
