"""Which runs a command line requests, by NAME=VALUE arguments; Make passes its variables on."""

import dataclasses
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from lib.config import base
from lib.config.experiments import STUDIES, experiments, find, studied
from lib.config.profiles import PROFILES, default_profile
from lib.config.suggestions import unknown
from lib.runs.directories import Run, RunKey
from lib.system.errors import UserError

DATA_MODES = ("auto", "builtin", "real")
_CHOICES = {"PROFILE": PROFILES, "STUDY": STUDIES, "DATA": DATA_MODES}
# Settings that only Make uses; Python must know their names.
_MAKE_ONLY = ("PYTHON", "JOBS", "LAUNCH", "RUNTIME", "CUDA", "WORK_DIR")


@dataclasses.dataclass(frozen=True)
class Request:
    """Which runs are requested, on which data."""

    profile: str
    seeds: tuple[int, ...] = (0,)
    study: str = "published"
    data: str = "auto"
    faces: Path | None = None
    digits: Path | None = None
    threads: int = 1
    allow_missing: bool = False
    changes: tuple[tuple[str, str], ...] = ()

    def arguments(self, names: Sequence[str] = ()) -> list[str]:
        """Return the NAME=VALUE arguments of this request, for all experiments or only for `names`.

        A changed setting that none of these experiments has is left out.
        """
        known = _known_settings(names or experiments())
        options = {name: getattr(self, name) for name in ("study", "data", "threads")}
        return [
            f"PROFILE={self.profile}",
            f"SEEDS={' '.join(map(str, self.seeds))}",
            *(f"{k.upper()}={v}" for k, v in options.items() if v != getattr(Request, k)),
            *(f"{name.upper()}={value}" for name, value in self.changes if name in known),
        ]

    def arguments_for(self, run: "Planned | Run") -> list[str]:
        """Return the NAME=VALUE arguments that request one run, given its experiment's name."""
        return dataclasses.replace(self, seeds=(run.key.seed,)).arguments([run.key.experiment])


@dataclasses.dataclass(frozen=True)
class Planned:
    """One requested run, with its settings and the runs that it reads."""

    key: RunKey
    settings: base.Settings
    needs: tuple["Planned", ...] = ()


def parse(arguments: Sequence[str]) -> Request:
    """Parse NAME=VALUE arguments.

    If a name is given twice, the later value counts. Raises UserError, naming the valid names or
    values, for any argument that is not understood.
    """
    options: dict[str, object] = {}
    changes = {}
    changeable = _known_settings(experiments())
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals:
            raise UserError(f"{argument}: expected NAME=VALUE")
        if name in OPTIONS:
            if value:
                options[name.lower()] = OPTIONS[name](name, value)
        elif name.lower() in changeable and name.isupper():
            changes[name.lower()] = value
        elif name == "VARIANT":
            raise UserError(
                f"{argument}: make trains all variants of an experiment; for one, run: "
                f".venv/bin/python -m experiments.<name> {argument}"
            )
        elif name not in _MAKE_ONLY:
            known = [*OPTIONS, *_MAKE_ONLY, *sorted(map(str.upper, changeable))]
            raise unknown("setting", name, known)
    options.setdefault("profile", default_profile()[0])
    return Request(**options, changes=tuple(sorted(changes.items())))


def parse_with_variants(arguments: Sequence[str]) -> tuple[Request, list[str]]:
    """Read the arguments of an experiment's command: as `parse`, and any VARIANT=<name>.

    Returns the request and the names of the variants.
    """
    prefix = "VARIANT="
    variants = [each.removeprefix(prefix) for each in arguments if each.startswith(prefix)]
    return parse([each for each in arguments if not each.startswith(prefix)]), variants


def planned(
    request: Request, goals: Sequence[str] = (), variants: Sequence[str] = ()
) -> list[Planned]:
    """Return the requested runs, in the report's order.

    `goals` are names of experiments (if empty, the whole study), `variants` are names of their
    variants (if empty, all of them).
    Raises UserError for an unknown name, for a changed setting that none of these experiments has,
    and for one that makes two variants identical.
    """
    names = [find(goal) for goal in goals] or studied(request.study)
    known = [variant for name in names for variant in experiments()[name].variants]
    for variant in variants:
        if variant not in known:
            raise unknown("variant", variant, known)
    runs = [
        _planned(request, name, variant, seed)
        for name in names
        for variant in experiments()[name].variants
        if not variants or variant in variants
        for seed in request.seeds
    ]
    if request.changes:
        _check_changes_apply(request, names)
        _check_variants_differ(request, runs)
    return runs


def _planned(request: Request, name: str, variant: str, seed: int) -> Planned:
    """Plan a run and the runs that it needs, with the same changed settings, profile and seed."""
    own = _settings(request, name, variant)
    needs = []
    for needed in own.needs:
        (only_variant,) = experiments()[needed].variants
        needs.append(_planned(request, needed, only_variant, seed))
    return Planned(RunKey(request.profile, name, variant, seed), own, tuple(needs))


def _settings(request: Request, name: str, variant: str) -> base.Settings:
    experiment = experiments()[name]
    changed = base.replaced(experiment.settings, dict(experiment.variants[variant]))
    reduced = PROFILES[request.profile].changes_for(name, variant)
    known = base.names(changed)
    requested = {key: value for key, value in request.changes if key in known}
    return base.replaced(base.replaced(changed, reduced), requested)


def _check_changes_apply(request: Request, names: Sequence[str]) -> None:
    applicable = _known_settings(names)
    for name, _ in request.changes:
        if name not in applicable:
            raise UserError(
                f"{name.upper()} is no setting of {', '.join(names)}; these have "
                f"{', '.join(sorted(map(str.upper, applicable)))}"
            )


def _check_variants_differ(request: Request, runs: Sequence[Planned]) -> None:
    """Raise UserError if a changed setting leaves two variants alike, but for their epochs."""
    found: dict[tuple[str, base.Settings], str] = {}
    for run in runs:
        experiment, variant = run.key.experiment, run.key.variant
        compared = dataclasses.replace(run.settings, epochs=1)
        other = found.setdefault((experiment, compared), variant)
        if other != variant:
            changes = " ".join(f"{name.upper()}={value}" for name, value in request.changes)
            arguments = shlex.join([f"VARIANT={other}", *request.arguments([experiment])])
            raise UserError(
                f"with {changes}, {other} and {variant} of {run.key.target} are identical; train "
                f"one of them: .venv/bin/python -m experiments.{experiment} {arguments}"
            )


def _known_settings(names: Iterable[str]) -> set[str]:
    """Return the names of the settings of experiments and of those that they need."""
    every = [experiments()[name].settings for name in names]
    own = {field for settings in every for field in base.names(settings)}
    return own.union(*(_known_settings(settings.needs) for settings in every))


def _choice(name: str, value: str) -> str:
    if value not in _CHOICES[name]:
        raise UserError(f"{name}={value}: choose one of {', '.join(_CHOICES[name])}")
    return value


def _seeds(name: str, value: str) -> tuple[int, ...]:
    seeds = value.replace(",", " ").split()
    if not seeds or not all(is_whole(seed, 2**31 - 1) for seed in seeds):
        raise UserError(f'{name}={value}: expected whole numbers from 0, as in SEEDS="0 1 2"')
    return tuple(sorted({int(seed) for seed in seeds}))


def is_whole(text: str, most: int) -> bool:
    """Return whether a text is a whole number from 0 to `most`."""
    is_number = text.isdecimal() and text.isascii() and len(text) <= len(str(most))
    return is_number and int(text) <= most


def _path(name: str, value: str) -> Path:
    try:
        value.encode()
        path = Path(value).expanduser()
        path.stat()
    except UnicodeEncodeError as error:
        raise UserError(f"{name}={value!a}: the name is not UTF-8; rename it") from error
    except (OSError, RuntimeError) as error:  # the latter if there is no such user
        raise UserError(f"{name}={value}: there is no such file or folder") from error
    return path


def _count(name: str, value: str) -> int:
    if not is_whole(value, 1024) or int(value) < 1:
        raise UserError(f"{name}={value}: expected a whole number from 1 to 1024")
    return int(value)


def flag(name: str, value: str) -> bool:
    """Return the value of an argument that must be 0 or 1. Raises UserError for any other."""
    if value not in ("0", "1"):
        raise UserError(f"{name}={value}: choose 0 or 1")
    return value == "1"


# How the value of each option is read, by its name.
OPTIONS = {
    "PROFILE": _choice,
    "SEEDS": _seeds,
    "STUDY": _choice,
    "DATA": _choice,
    "FACES": _path,
    "DIGITS": _path,
    "THREADS": _count,
    "ALLOW_MISSING": flag,
}
