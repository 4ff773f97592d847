"""Runs of which a reference tells the numbers: no epochs and no arrays, which lie elsewhere."""

import dataclasses
from collections.abc import Iterable

from lib import request
from lib.runs import Run, RunKey
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


def completed(content: Content, entries: Iterable[dict]) -> Content:
    """Return `content` with recorded runs in the place of those that it asks for and lacks.

    `entries` are a reference's runs, as `report.reference.entries` returns them.
    """
    known = {
        (entry["experiment"], entry["variant"], entry["seed"]): entry
        for entry in entries
        if "weights_sha256" in entry
    }
    here = {run.key: run for group in content.runs.values() for run in group}
    runs: dict[tuple[str, str], list[Run]] = {}
    for planned in request.planned(content.asked):
        key = planned.key
        pair = (key.experiment, key.variant)
        if run := here.get(key) or _recorded(key, known.get((*pair, key.seed))):
            runs.setdefault(pair, []).append(run)
    return dataclasses.replace(content, runs=runs)


def _recorded(key: RunKey, entry: dict | None) -> RecordedRun | None:
    return None if entry is None else RecordedRun(key, config=entry, result=entry)
