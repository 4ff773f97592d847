"""What the report's templates read: numbers of the runs, endings of captions, commands."""

import collections
import dataclasses
import functools
import json
import shlex
from collections.abc import Iterable, Sequence

import benchmarks
import figures
from benchmarks import table
from lib.config import request
from lib.config.base import Settings, names
from lib.data import provenance
from lib.models.faces.batches import CODES_FITTED, MEASURED
from lib.runs import plan
from lib.runs.directories import Run, command_for
from lib.system import paths
from lib.system.errors import UserError
from lib.system.paths import display
from report.criteria.findings import NOT_RUN
from report.wording import (
    SCALE,
    called,
    escaped,
    estimate,
    facts_in_words,
    scale_of,
    setting_argument,
    short_commit,
)

Pair = figures.Pair
FULL_PROFILE = "paper"


@dataclasses.dataclass(frozen=True)
class Content:
    """The runs behind a report, and the request that selected them."""

    requested: request.Request
    runs: figures.Runs

    @functools.cached_property
    def planned(self) -> dict[Pair, request.Planned]:
        """The first seed's plan of every experiment and variant, done or not."""
        seed = self.requested.seeds[0]
        every = request.planned(self.requested)
        return {_pair(each): each for each in every if each.key.seed == seed}

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

    @property
    def faces_measured(self) -> int:
        """The largest number of faces that a metric is computed from."""
        return MEASURED

    @property
    def codes_fitted(self) -> int:
        """The largest number of faces that the Gaussian of a VAE's codes is fitted to."""
        return CODES_FITTED

    def not_run(self, *needs: Pair) -> str:
        """Return a note with the command for missing runs, "" if none is missing."""
        lacking = self.lacking(needs)
        return f"{NOT_RUN}: `{self.make(lacking)}`" if lacking else ""

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
        found = self.numbers(experiment, name, variant)
        return estimate(found, spec) if found else NOT_RUN

    def numbers(self, experiment: str, name: str, variant: str = "published") -> list[float]:
        """Return a number of the results, one per seed; empty if any run is missing.

        Raises UserError if a result lacks the number.
        """
        return [_number(run, name) for run in self.complete((experiment, variant))]

    def complete(self, pair: Pair) -> Sequence[Run]:
        """Return the runs of all seeds; empty if any is missing."""
        return () if figures.missing([pair], self.runs, self.requested.seeds) else self.runs[pair]

    def first_run(self, experiment: str, variant: str) -> Run | None:
        """Return the first seed's run, None if the run of any seed is missing."""
        return next(iter(self.complete((experiment, variant))), None)

    @functools.cached_property
    def all_pairs(self) -> tuple[Pair, ...]:
        """Every experiment and variant."""
        return tuple(self.planned)

    def data(self, needs: Sequence[Pair]) -> dict[str, dict]:
        """Return the provenance of the data that the runs of `needs` read, by its kind."""
        used: dict[str, dict] = {}
        for pair in needs:
            used |= plan.data_used(self.planned[pair])
        return used

    @property
    def scale_note(self) -> str:
        """The profile, marked as reduced below the original's scale, and changed settings."""
        reduced = "" if self.requested.profile == FULL_PROFILE else ", reduced"
        changes = [setting_argument(name, value) for name, value in self.requested.changes]
        changed = f", changed ({' '.join(changes)})" if changes else ""
        return f"{self.requested.profile} profile{reduced}{changed}"

    @property
    def seeds_note(self) -> str:
        """Which seeds were run."""
        seeds = self.requested.seeds
        return f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"

    def data_note(self, needs: Sequence[Pair]) -> str:
        """Return which data the runs of `needs` read, as plain text; stand-ins are marked."""
        return "; ".join(f"{kind}: {called(used)}" for kind, used in self.data(needs).items())

    def conditions(self, needs: Sequence[Pair]) -> str:
        """Return the end of a caption: profile and scale, data, seeds."""
        scale = scale_of(self.settings_of(needs))
        parts = [f"{self.scale_note}: {scale}", self.data_note(needs), self.seeds_note]
        return escaped("; ".join(part for part in parts if part))

    @property
    def state(self) -> str:
        """The header of every page, as plain text."""
        return "; ".join([self.scale_note, self.data_note(self.all_pairs), self.seeds_note])

    def folders(self, needs: Sequence[Pair]) -> str:
        """Return the run directories of `needs`, shortened for whole experiments."""
        names: list[str] = []
        for experiment in dict.fromkeys(pair[0] for pair in needs):
            every = [(experiment, variant) for variant in self.variants(experiment)]
            used = [pair for pair in every if pair in needs]
            folder = f"runs/{self.requested.profile}/{experiment}"
            names += [folder] if len(used) == len(every) else [f"{folder}/{v}" for _, v in used]
        return ", ".join(f"`{name}`" for name in names)

    def settings_text(self, pair: Pair) -> str:
        """Return all settings of a run as NAME=VALUE, as they are given to Make."""
        values = dataclasses.asdict(self.planned[pair].settings)
        return " ".join(setting_argument(name, value) for name, value in values.items())

    def environments(self) -> list[dict[str, object]]:
        """Return each combination of versions, machine and commit, and its number of runs."""
        every = [run.config for group in self.runs.values() for run in group]
        counts = collections.Counter(
            (
                facts_in_words(config["versions"]),
                facts_in_words(config["hardware"]),
                "continued_with" in config,
                short_commit(config["commit"]),
            )
            for config in every
        )
        names = ("versions", "hardware", "others", "commit")
        return [
            {**dict(zip(names, environment, strict=True)), "runs": number}
            for environment, number in counts.items()
        ]

    def synthetic_of(self, needs: Sequence[Pair]) -> list[str]:
        """Return which kinds of data of the runs of `needs` are stand-ins."""
        return [kind for kind, used in self.data(needs).items() if used["synthetic"]]

    @property
    def synthetic_kinds(self) -> list[str]:
        """Which kinds of data are stand-ins."""
        return self.synthetic_of(self.all_pairs)

    @functools.cached_property
    def _published_settings(self) -> dict[Pair, Settings]:
        full = request.Request(
            FULL_PROFILE, seeds=self.requested.seeds[:1], study=self.requested.study
        )
        every = request.planned(full)
        return {_pair(each): each.settings for each in every}

    def is_full_scale(self, needs: Sequence[Pair]) -> bool:
        """Return whether the runs of `needs` have the published settings and number of images."""
        return self.settings_of(needs) == [self._published_settings[pair] for pair in needs]

    @functools.cached_property
    def speed(self) -> dict[str, object] | None:
        """The result of `make bench`: a table row for each training, and its conditions, or None.

        Raises UserError if its file cannot be read.
        """
        try:
            bench = json.loads(benchmarks.OUTPUT.read_text(encoding="utf-8"))
            rows = [[name, *table.cells(each)] for name, each in bench["trainings"].items()]
            commit = short_commit(bench["commit"]) or "unknown"
            conditions = f"{bench['hardware']['cpu']}, {bench['threads']} cores, commit {commit}"
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(
                f"{display(benchmarks.OUTPUT)} cannot be read; remove it or run: make bench"
            ) from error
        return {"rows": rows, "conditions": conditions}

    def every_figure(self) -> tuple[figures.Figure, ...]:
        """Return every figure of the requested study."""
        return tuple(figure for figure in figures.all_figures() if self.studies(figure.needs))

    def figure(self, name: str) -> figures.Figure:
        """Return the figure with the given name."""
        return next(figure for figure in figures.all_figures() if figure.name == name)

    def check_figures(self, drawn: object) -> None:
        """Raise UserError unless `drawn`, the figures' manifest, lists exactly these runs."""
        wanted = figures.manifest(self.runs, self.requested.seeds)
        there = all((figures.FOLDER / name).exists() for name in wanted)
        if drawn != wanted or not there:
            raise UserError(
                f"the figures in {display(figures.FOLDER)} are of other runs; "
                f"run: {self.make([], 'figures')}"
            )


def pairs(experiment: str, variants: Iterable[str] = ("published",)) -> tuple[Pair, ...]:
    """Return an experiment paired with each of `variants`."""
    return tuple((experiment, variant) for variant in variants)


def _pair(planned: request.Planned) -> Pair:
    return planned.key.experiment, planned.key.variant


def _number(run: Run, name: str) -> float:
    found = run.result["metrics"].get(name, run.result.get(name))
    if not isinstance(found, int | float):
        raise UserError(
            f"{display(run.key.path)}/result.json has no number {name}; remove the folder "
            f"and run: {command_for(run.key)}"
        )
    return found
