"""What the report's templates read: numbers of the runs, endings of captions, commands."""

import dataclasses
import functools
import shlex
from collections.abc import Callable, Iterable, Sequence

import numpy as np

import figures
from lib.config import request
from lib.config.base import Settings, names
from lib.data import provenance
from lib.data.arithmetic import TokenImages
from lib.runs import plan
from lib.runs.directories import Run, command_for
from lib.system import paths
from lib.system.errors import UserError
from lib.system.paths import display
from report.criteria.findings import NOT_RUN
from report.loss_bounds import prepared_tokens
from report.wording import (
    SCALE,
    called,
    escaped,
    estimate,
    scale_of,
    seeds_in_words,
    setting_argument,
)

Pair = figures.Pair
FULL_PROFILE = "paper"


@dataclasses.dataclass(frozen=True)
class Content:
    """The runs behind a report, and the request that selected them."""

    requested: request.Request
    runs: figures.Runs

    @property
    def planned(self) -> dict[Pair, request.Planned]:
        """The first seed's plan of every experiment and variant, done or not."""
        return planned(dataclasses.replace(self.requested, seeds=self.requested.seeds[:1]))

    def variants(self, experiment: str) -> list[str]:
        """Return the names of an experiment's variants, in the report's order."""
        return [variant for name, variant in self.planned if name == experiment]

    def setting(self, experiment: str, name: str, variant: str | None = None) -> object:
        """Return a setting of a variant, by default of the first."""
        variant = variant or self.variants(experiment)[0]
        return getattr(self.planned[experiment, variant].settings, name)

    def settings_of(self, needs: Iterable[Pair]) -> list[Settings]:
        """Return the settings of the runs of `needs`, with no more images than there are."""
        found = [self.planned[pair].settings for pair in needs]
        return [
            dataclasses.replace(each, image_count=min(each.image_count, self.face_count))
            if hasattr(each, "image_count")
            else each
            for each in found
        ]

    @functools.cached_property
    def face_count(self) -> float:
        """How many faces are prepared: the upper limit of every run's number of images."""
        record = provenance.read(paths.DATA / "faces") or {}
        return record.get("counts", {}).get("used", float("inf"))

    @functools.cached_property
    def token_averages(self) -> np.ndarray | None:
        """The average image of each token that models are trained on, None if it is not known.

        uint8 of shape (tokens, 28, 28), in the order of the vocabulary.
        """
        try:
            return average_images(prepared_tokens())
        except UserError:
            return None

    def not_run(self, *needs: Pair) -> str:
        """Return a note with the command for missing runs, "" if none is missing."""
        lacking = self.lacking(needs)
        return f"{NOT_RUN}: `{self.make(lacking)}`" if lacking else ""

    is_recorded = False  # whether the runs are those recorded in the repository
    absent = NOT_RUN  # what to say if more is asked for than the numbers of a run that are there

    def why_no_numbers(self, pair: Pair) -> str:
        """Return what to say if a number of runs is not there."""
        return self.absent if self.complete(pair) else NOT_RUN

    def why_not_drawn(self, figure: figures.Figure) -> str:
        """Return what to say if a figure could not be drawn, "" if it was."""
        return self.not_run(*figure.needs)

    def unfinished(self, needs: Iterable[Pair]) -> str:
        """Return how far each unfinished run of `needs` came, "" if all are finished.

        Runs in the work folder count once they are finished; recorded ones may be unfinished.
        """
        names: dict[str, dict[str, None]] = {}
        for pair in needs:
            name = "/".join(pair).removesuffix("/published")
            for run in self.runs.get(pair, ()):
                if not run.is_finished:
                    names.setdefault(run.progress, {})[name] = None
        known = [f"{', '.join(group)} to {progress}" for progress, group in names.items()]
        return f"unfinished: {'; '.join(known)}" if known else ""

    def has_epochs(self, needs: Iterable[Pair]) -> bool:
        """Tell whether the history of every run of `needs` is there."""
        return all(run.has_epochs for pair in needs for run in self.runs.get(pair, ()))

    def candidates(self, needs: Sequence[Pair]) -> "list[Content]":
        """Return contents that may decide a claim about `needs`, the one with most runs first."""
        del needs
        return [self]

    def lacking(self, needs: Sequence[Pair]) -> list[Pair]:
        """Return those of `needs` that lack the run of any seed."""
        return figures.missing(needs, self.runs, self.requested.seeds)

    def changes_of(self, needs: Iterable[Pair]) -> list[str]:
        """Return the requested changes, as NAME=VALUE, that change the models of `needs`.

        The length of a training and the amount of data are its scale and do not count.
        """
        known = {name for pair in needs for name in names(self.planned[pair].settings)}
        return [
            setting_argument(name, value)
            for name, value in self.requested.changes
            if name in known and name not in SCALE
        ]

    def studies(self, needs: Iterable[Pair]) -> bool:
        """Return whether all pairs of `needs` belong to the requested study."""
        return all(pair in self.planned for pair in needs)

    def make(self, needs: Iterable[Pair], *more: str) -> str:
        """Return the command that trains the runs of `needs`, then makes the targets in `more`."""
        keys = [self.planned[pair].key for pair in needs]
        targets = dict.fromkeys(key.target for key in keys)
        arguments = self.requested.arguments([] if more else [key.experiment for key in keys])
        return shlex.join(["make", *targets, *more, *arguments])

    def value(self, experiment: str, name: str, spec: str, variant: str = "published") -> str:
        """Return a number of a result: the mean over the seeds, and its interval if there is one.

        Raises UserError if a result lacks the number.
        """
        found = self.numbers((experiment, variant), name)
        return estimate(found, spec) if len(found) else NOT_RUN

    def epochs(self, experiment: str, variant: str = "published") -> str:
        """Return the number of epochs trained, as a range if seeds differ."""
        counts = sorted({run.result["epochs"] for run in self.complete((experiment, variant))})
        return " to ".join(dict.fromkeys(map(str, (*counts[:1], *counts[-1:])))) or NOT_RUN

    def numbers(self, pair: Pair, name: str) -> np.ndarray:
        """Return a number of the results, float64 of shape (seeds,); empty if any run is missing.

        Raises UserError if a result lacks the number.
        """
        return np.array([_number(run, name) for run in self.complete(pair)], np.float64)

    def series(self, pair: Pair, metric: str) -> list[np.ndarray]:
        """Return a metric over the epochs, (epochs,) per seed; empty if any run is missing."""
        return [run.series(metric) for run in self.complete(pair)]

    def complete(self, pair: Pair) -> Sequence[Run]:
        """Return the runs of all seeds; empty if any is missing."""
        return () if figures.missing([pair], self.runs, self.requested.seeds) else self.runs[pair]

    def reached(self, pair: Pair) -> Sequence[Run]:
        """Return the runs whose numbers are shown; recorded ones may be unfinished."""
        return self.complete(pair)

    @functools.cached_property
    def whole(self) -> "Content":
        """The same without runs of which only numbers are known."""
        return self.only(lambda run: run.has_epochs)

    def only(self, is_kept: Callable[[Run], bool]) -> "Content":
        """Return the same with only those runs that `is_kept` accepts."""
        kept = {pair: list(filter(is_kept, group)) for pair, group in self.runs.items()}
        return dataclasses.replace(self, runs={pair: runs for pair, runs in kept.items() if runs})

    def first_run(self, experiment: str, variant: str) -> Run | None:
        """Return the first seed's run, None if the run of any seed is missing."""
        return next(iter(self.whole.complete((experiment, variant))), None)

    def cpu_seconds(self, experiment: str, variant: str) -> str:
        """Return the processor time of a training, the mean over the seeds with a known one."""
        runs = self.reached((experiment, variant))
        known = [run.result["cpu_seconds"] for run in runs if "cpu_seconds" in run.result]
        return estimate(known, ",.0f") if known else "–"

    def layers(self, experiment: str, variant: str) -> Run | None:
        """Return a run whose result has the model's layers, None if there is none."""
        runs = self.runs.get((experiment, variant), ())
        return next((run for run in runs if "model" in run.result), None)

    @functools.cached_property
    def all_pairs(self) -> tuple[Pair, ...]:
        """Every experiment and variant."""
        return tuple(self.planned)

    def data(self, needs: Sequence[Pair]) -> dict[str, dict]:
        """Return the provenance of the data that the runs of `needs` read, by its kind."""
        return {kind: record for pair in needs for kind, record in self.data_of(pair).items()}

    def data_of(self, pair: Pair) -> dict[str, dict]:
        """Return the records of the data that a run reads, by its kind."""
        return plan.data_used(self.planned[pair])

    @property
    def scale_note(self) -> str:
        """The profile, marked as reduced below the original's scale, and changed settings."""
        reduced = "" if self.requested.profile == FULL_PROFILE else ", reduced"
        changes = [setting_argument(name, value) for name, value in self.requested.changes]
        changed = f", changed ({' '.join(changes)})" if changes else ""
        return f"{self.requested.profile} profile{reduced}{changed}"

    @property
    def has_intervals(self) -> bool:
        """Whether some numbers have intervals: whether something has several seeds."""
        return any(len(runs) > 1 for runs in self.runs.values())

    def seeds_note(self, needs: Iterable[Pair]) -> str:
        """Return which seeds of `needs` were run."""
        del needs
        return seeds_in_words(self.requested.seeds)

    def data_note(self, needs: Sequence[Pair]) -> str:
        """Return which data the runs of `needs` read, as plain text; stand-ins are marked."""
        return "; ".join(f"{kind}: {called(used)}" for kind, used in self.data(needs).items())

    def conditions(self, needs: Sequence[Pair]) -> str:
        """Return the end of a caption: profile and scale, data, seeds, what is unfinished."""
        scale = f"{self.scale_note}: {scale_of(self.settings_of(needs))}"
        parts = [scale, self.data_note(needs), self.seeds_note(needs), self.unfinished(needs)]
        return escaped("; ".join(part for part in parts if part))

    def figure_conditions(self, figure: figures.Figure) -> str:
        """Return what ends a figure's caption: of the runs that it shows."""
        shown = self.of_first_seed() if figure.shows_images else self
        return shown.conditions(figure.needs)

    def of_first_seed(self) -> "Content":
        """Return the same with only the first seed of each pair."""
        requested = dataclasses.replace(self.requested, seeds=self.requested.seeds[:1])
        first = {pair: runs[:1] for pair, runs in self.runs.items()}
        return dataclasses.replace(self, requested=requested, runs=first)

    @property
    def state(self) -> str:
        """The header of every page, as plain text."""
        every = self.all_pairs
        return "; ".join([self.scale_note, self.data_note(every), self.seeds_note(every)])

    @property
    def runs_folder(self) -> str:
        """The folder of the profile's runs, as the report names it."""
        return f"runs/{self.requested.profile}"

    def folders(self, needs: Sequence[Pair]) -> str:
        """Return the run directories of `needs`, shortened for whole experiments."""
        return ", ".join(f"`{self.runs_folder}/{name}`" for name in self._shortened(needs))

    def names(self, needs: Sequence[Pair]) -> str:
        """Return what the runs of `needs` are called, shortened for whole experiments."""
        return ", ".join(f"`{name}`" for name in self._shortened(needs))

    def _shortened(self, needs: Sequence[Pair]) -> list[str]:
        names: list[str] = []
        for experiment in dict.fromkeys(pair[0] for pair in needs):
            every = [(experiment, variant) for variant in self.variants(experiment)]
            used = [pair for pair in every if pair in needs]
            is_whole = len(used) == len(every)
            names += [experiment] if is_whole else ["/".join(pair) for pair in used]
        return names

    def synthetic_of(self, needs: Sequence[Pair]) -> list[str]:
        """Return which kinds of data of the runs of `needs` are stand-ins."""
        return [kind for kind, used in self.data(needs).items() if used["synthetic"]]

    def is_full_scale(self, needs: Sequence[Pair]) -> bool:
        """Return whether the runs of `needs` have the published settings and number of images."""
        published = own_settings(FULL_PROFILE, self.requested.study)
        return self.settings_of(needs) == [published[pair] for pair in needs]

    def every_figure(self) -> tuple[figures.Figure, ...]:
        """Return every figure of the requested study."""
        return tuple(figure for figure in figures.all_figures() if self.studies(figure.needs))

    def figure(self, name: str) -> figures.Figure:
        """Return the figure with the given name."""
        return next(figure for figure in figures.all_figures() if figure.name == name)


@functools.cache
def planned(requested: request.Request) -> dict[Pair, request.Planned]:
    """Return the plan of every experiment and variant, for a request of one seed."""
    return {_pair(each): each for each in request.planned(requested)}


def own_settings(profile: str, study: str = "corrected") -> dict[Pair, Settings]:
    """Return the experiments' own settings in a profile, by (experiment, variant)."""
    every = planned(request.Request(profile, study=study))
    return {pair: each.settings for pair, each in every.items()}


def _pair(planned: request.Planned) -> Pair:
    return planned.key.experiment, planned.key.variant


def average_images(tokens: TokenImages) -> np.ndarray:
    """Return the average image of each token, rounded: uint8 (tokens, 28, 28)."""
    return tokens.averages().round().astype(np.uint8)


def _number(run: Run, name: str) -> float:
    found = run.result["metrics"].get(name, run.result.get(name))
    if not isinstance(found, int | float):
        raise UserError(
            f"{display(run.key.path)}/result.json has no number {name}; remove the folder "
            f"and run: {command_for(run.key)}"
        )
    return found
