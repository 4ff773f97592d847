"""What the report's template can ask for, answered from recorded runs alone."""

import dataclasses
import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

import figures
from lib.config import request
from lib.runs.directories import Run
from report.content import Content, Pair
from report.reference import image_sheets, recorded_runs
from report.reference.recorded_runs import NotRecordedError, load_all
from report.wording import escaped, estimate, seeds_in_words

_NO_DATA = {"name": "none is recorded", "synthetic": False, "fingerprint": ""}


@dataclasses.dataclass(frozen=True)
class RecordedContent(Content):
    """Recorded runs of a profile. A variant may have any number of seeds, from one on."""

    data_read: Mapping[str, dict] = dataclasses.field(default_factory=dict)
    drawn_from: Mapping[str, "RecordedContent"] = dataclasses.field(default_factory=dict)
    undrawn: Mapping[str, str] = dataclasses.field(default_factory=dict)

    is_recorded = True
    absent = "not recorded"
    face_count = float("inf")  # a recorded run read as many as its settings say

    @functools.cached_property
    def token_averages(self) -> np.ndarray | None:
        """The recorded average image of each token, None if there is none."""
        file = averages_file(self.requested.profile)
        return image_sheets.read(file) if file.exists() else None

    def data_of(self, pair: Pair) -> dict[str, dict]:
        """Return the records of the data that a run reads, by its kind."""
        kinds = self.planned[pair].settings.uses
        return {kind: self.data_read.get(kind, _NO_DATA) for kind in kinds}

    def complete(self, pair: Pair) -> Sequence[Run]:
        """Return the finished runs."""
        return [run for run in self.runs.get(pair, ()) if run.is_finished]

    def make(self, needs: Iterable[Pair], *more: str) -> str:
        """Return what `Content.make` does, with the seeds that are recorded of `needs`."""
        pairs = list(needs)
        seeds = sorted({run.key.seed for pair in pairs for run in self.runs.get(pair, ())})
        requested = dataclasses.replace(self.requested, seeds=tuple(seeds))
        content = dataclasses.replace(self, requested=requested) if seeds else self
        return Content.make(content, pairs, *more)

    def value(self, experiment: str, name: str, spec: str, variant: str = "published") -> str:
        """Return a number as `Content.value` does; of unfinished runs with how far they came."""
        runs = self.runs.get((experiment, variant), ())
        if self.complete((experiment, variant)) or not runs:
            return super().value(experiment, name, spec, variant)
        known = [run.result["metrics"].get(name, run.result.get(name)) for run in runs]
        # Neither the size of a model nor a measure of real images depends on its training.
        is_constant = name == "parameters" or name.startswith("real_")
        reached = [] if is_constant else dict.fromkeys(run.progress for run in runs)
        numbers = [] if None in known else [estimate(known, spec)]
        return ", ".join([*numbers, *reached]) or self.absent

    def epochs(self, experiment: str, variant: str = "published") -> str:
        """Return the number of epochs as `Content.epochs` does; of unfinished runs of how many."""
        runs = self.reached((experiment, variant))
        begun = dict.fromkeys(run.progress for run in runs if not run.is_finished)
        return ", ".join(begun) or super().epochs(experiment, variant)

    def reached(self, pair: Pair) -> Sequence[Run]:
        """Return the finished runs, or the unfinished ones if there are none."""
        return self.complete(pair) or self.runs.get(pair, ())

    def candidates(self, needs: Sequence[Pair]) -> list[Content]:
        """Return contents with the seeds that all of `needs` have: of all runs, and of whole ones.

        Criteria compare seed by seed.
        """
        return [content.of_common_seeds(needs) for content in self._all_and_whole(needs)]

    def _all_and_whole(self, needs: Sequence[Pair]) -> "list[RecordedContent]":
        """Return this, and `whole` if it has runs of all `needs`."""
        return [self] if self.whole.lacking(needs) else [self, self.whole]

    def of_common_seeds(self, needs: Sequence[Pair]) -> "RecordedContent":
        """Return the runs of those seeds that every one of `needs` has that has any."""
        seeds = [{run.key.seed for run in self.runs[pair]} for pair in needs if pair in self.runs]
        common = set.intersection(*seeds) if seeds else set()
        return self.only(lambda run: run.key.seed in common)

    def seeds_note(self, needs: Iterable[Pair]) -> str:
        """Return which seeds of `needs` are recorded, or how many each has if they differ."""
        seeds = {
            tuple(run.key.seed for run in self.runs[pair]) for pair in needs if pair in self.runs
        }
        if len(seeds) < 2:
            return seeds_in_words(*seeds) if seeds else ""
        fewest, most = min(map(len, seeds)), max(map(len, seeds))
        return f"{fewest} to {most} seeds each" if fewest < most else f"{most} seeds each"

    @property
    def scale_note(self) -> str:
        """The profile, and that its runs are recorded."""
        return f"recorded runs, {super().scale_note}"

    @property
    def runs_folder(self) -> str:
        """The folder of the profile's recorded runs, as it is called in the report."""
        return f"{recorded_runs.FOLDER.name}/{self.requested.profile}/runs"

    def drawn(
        self, folder: Path, chosen: Iterable[figures.Figure], prefix: str = ""
    ) -> "RecordedContent":
        """Draw those of `chosen` that can be drawn into `folder`; return this, which knows them.

        Names of files begin with `prefix`. A figure shows only runs whose record has what it draws.
        """
        drawn_from, undrawn = {}, {}
        for figure in chosen:
            if self.lacking(figure.needs):
                continue
            for content in self._all_and_whole(figure.needs):
                try:
                    figures.save(figure, content.runs, folder / f"{prefix}{figure.file_name}")
                except NotRecordedError as error:
                    undrawn[figure.name] = f"{self.absent}: {escaped(error)}"
                else:
                    drawn_from[figure.name] = content
                    undrawn.pop(figure.name, None)
                    break
        return dataclasses.replace(self, drawn_from=drawn_from, undrawn=undrawn)

    def why_not_drawn(self, figure: figures.Figure) -> str:
        """Return what to say if a figure could not be drawn, "" if it was."""
        return self.undrawn.get(figure.name) or self.not_run(*figure.needs)

    def figure_conditions(self, figure: figures.Figure) -> str:
        """Return what ends a figure's caption: of the runs that it shows."""
        return Content.figure_conditions(self.drawn_from.get(figure.name, self), figure)


def averages_file(profile: str) -> Path:
    """Return the file with the average image of each token that a profile's runs trained on."""
    return recorded_runs.FOLDER / profile / "token_averages.png"


def load(profile: str) -> RecordedContent:
    """Return the recorded runs of a profile; unfinished ones count if no other seed is finished.

    Raises UserError if the record cannot be read.
    """
    recorded = load_all(profile)
    runs = {}
    for pair, each in itertools.groupby(recorded, lambda run: run.pair):
        group = list(each)
        runs[pair] = [run for run in group if run.is_finished] or group
    read = {kind: data for run in recorded for kind, data in run.entry["data"].items()}
    requested = request.Request(profile, study="corrected")
    return RecordedContent(requested, runs, read)
