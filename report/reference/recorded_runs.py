"""Runs of which a reference tells the numbers: no epochs and no arrays, which lie elsewhere."""

import dataclasses
from collections.abc import Iterable

from lib.config import request
from lib.runs import plan
from lib.runs.directories import Run
from report.content import Content


class NumbersOnlyError(Exception):
    """Of a run that is asked for more, only the numbers are known."""


class RecordedRun(Run):
    """A finished run as a reference tells of it."""

    @property
    def history(self) -> list[dict]:
        """Raises NumbersOnlyError."""
        raise NumbersOnlyError(str(self.key))

    @property
    def samples(self) -> dict:
        """Raises NumbersOnlyError."""
        raise NumbersOnlyError(str(self.key))


def is_finished(entry: dict) -> bool:
    """Tell whether a run, as `report.reference.record.entries` returns it, came to its end."""
    return "weights_sha256" in entry


def completed(content: Content, entries: Iterable[dict]) -> Content:
    """Return `content` with recorded runs in the place of those that it asks for and lacks.

    `entries` are a reference's runs, as `report.reference.record.entries` returns them; those count
    that read the data that is prepared here.
    """
    known = {
        (entry["experiment"], entry["variant"], entry["seed"]): entry
        for entry in entries
        if is_finished(entry)
    }
    here = {run.key: run for group in content.runs.values() for run in group}
    runs: dict[tuple[str, str], list[Run]] = {}
    for planned in request.planned(content.requested):
        key = planned.key
        pair = (key.experiment, key.variant)
        if run := here.get(key) or _recorded(planned, known.get((*pair, key.seed))):
            runs.setdefault(pair, []).append(run)
    return dataclasses.replace(content, runs=runs)


def _recorded(planned: request.Planned, entry: dict | None) -> RecordedRun | None:
    # The content tells of the data that is prepared here: what read other data has no place in it.
    if entry is None or entry["data"] != plan.data_used(planned):
        return None
    return RecordedRun(planned.key, config=entry, result=entry)
