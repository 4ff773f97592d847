"""What is asked for on a command line, as NAME=VALUE words: Make passes its variables on."""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from lib.config import base
from lib.config.experiments import STUDIES, experiments, find, studied
from lib.config.profiles import PROFILES, default_profile
from lib.runs.directories import RunKey
from lib.system.errors import UserError

DATA_MODES = ("auto", "builtin", "real")
# Make's own business, which Python only has to know of.
_MAKE_ONLY = ("PYTHON", "JOBS", "LAUNCH", "RUNTIME", "CUDA", "WORK_DIR")


@dataclasses.dataclass(frozen=True)
class Request:
    """Which runs are asked for, on which data."""

    profile: str
    seeds: tuple[int, ...] = (0,)
    study: str = "published"
    data: str = "auto"
    faces: Path | None = None
    digits: Path | None = None
    threads: int = 1
    allow_missing: bool = False
    # Part of what Make was asked for: a changed setting may be one of another part.
    is_part: bool = False
    changes: tuple[tuple[str, str], ...] = ()

    def words(self, names: Sequence[str] = ()) -> list[str]:
        """Return the NAME=VALUE words that ask for this, of all experiments or only of `names`.

        A changed setting that none of these has is left out.
        """
        known = {field for name in names or experiments() for field in _own_and_needed(name)}
        options = {name: getattr(self, name) for name in ("study", "data", "threads")}
        return [
            f"PROFILE={self.profile}",
            f"SEEDS={' '.join(map(str, self.seeds))}",
            *(f"{k.upper()}={v}" for k, v in options.items() if v != getattr(Request, k)),
            *(f"{name.upper()}={value}" for name, value in self.changes if name in known),
        ]

    def words_for(self, run: "Planned") -> list[str]:
        """Return the NAME=VALUE words that ask for a run, when only its experiment is asked for."""
        return dataclasses.replace(self, seeds=(run.key.seed,)).words([run.key.experiment])


@dataclasses.dataclass(frozen=True)
class Planned:
    """One run that is asked for, with its settings and the runs that it reads."""

    key: RunKey
    settings: base.Settings
    needs: tuple["Planned", ...] = ()


def parse(words: Sequence[str]) -> Request:
    """Read NAME=VALUE words.

    Of two words with one name the later counts. Raises UserError, naming the valid names or values,
    for any word that is not understood.
    """
    options: dict[str, object] = {}
    changes = {}
    changeable = _changeable()
    readers = {
        "PROFILE": _choice(PROFILES),
        "SEEDS": _seeds,
        "STUDY": _choice(STUDIES),
        "DATA": _choice(DATA_MODES),
        "FACES": _path,
        "DIGITS": _path,
        "THREADS": _count,
        "ALLOW_MISSING": _flag,
    }
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UserError(f"{word}: expected NAME=VALUE")
        if name in readers:
            if value:
                options[name.lower()] = readers[name](name, value)
        elif name.lower() in changeable and name.isupper():
            changes[name.lower()] = value
        elif name == "WANTED":
            options["is_part"] = True
        elif name not in _MAKE_ONLY:
            known = ", ".join([*readers, *_MAKE_ONLY, *sorted(map(str.upper, changeable))])
            raise UserError(f"unknown setting {name}; known: {known}")
    options.setdefault("profile", default_profile()[0])
    return Request(**options, changes=tuple(sorted(changes.items())))


def planned(
    request: Request, goals: Sequence[str] = (), variants: Sequence[str] = ()
) -> list[Planned]:
    """Return the runs that are asked for, in the report's order.

    `goals` names experiments, the whole study where empty, and `variants` variants of them, all
    where empty.
    Raises UserError for an unknown name, for a changed setting that no experiment here has, and
    for one that makes two variants the same.
    """
    names = [find(goal) for goal in goals] or studied(request.study)
    known = [variant for name in names for variant in experiments()[name].variants]
    for variant in variants:
        if variant not in known:
            raise UserError(f"unknown variant {variant}; known: {', '.join(known)}")
    runs = [
        _planned(request, name, variant, seed)
        for name in names
        for variant in experiments()[name].variants
        if not variants or variant in variants
        for seed in request.seeds
    ]
    if request.changes and not request.is_part:
        _check_changes_apply(request, names)
        _check_variants_differ(request, runs)
    return runs


def _planned(request: Request, name: str, variant: str, seed: int) -> Planned:
    """Plan a run and, with the same changed settings, profile and seed, those that it needs."""
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
    asked = {key: value for key, value in request.changes if key in known}
    return base.replaced(base.replaced(changed, reduced), asked)


def _check_changes_apply(request: Request, names: Sequence[str]) -> None:
    applicable = {field for name in names for field in _own_and_needed(name)}
    for name, _ in request.changes:
        if name not in applicable:
            raise UserError(
                f"{name.upper()} is no setting of {', '.join(names)}; these have "
                f"{', '.join(sorted(map(str.upper, applicable)))}"
            )


def _check_variants_differ(request: Request, runs: Sequence[Planned]) -> None:
    """Raise UserError where a changed setting takes away what tells two variants apart."""
    found: dict[tuple[str, base.Settings], str] = {}
    for run in runs:
        experiment, variant = run.key.experiment, run.key.variant
        other = found.setdefault((experiment, run.settings), variant)
        if other != variant:
            changes = " ".join(f"{name.upper()}={value}" for name, value in request.changes)
            raise UserError(
                f"with {changes}, {other} and {variant} of {run.key.target} are one and the same; "
                f"train one alone: python -m experiments.{experiment} VARIANT={other} {changes}"
            )


def _own_and_needed(name: str) -> set[str]:
    """Return the names of the settings of an experiment and of those that it needs."""
    own = experiments()[name].settings
    return set(base.names(own)).union(*map(_own_and_needed, own.needs))


def _changeable() -> set[str]:
    return {
        name for experiment in experiments().values() for name in base.names(experiment.settings)
    }


def _choice(choices: Collection[str]) -> Callable[[str, str], str]:
    def read(name: str, value: str) -> str:
        if value not in choices:
            raise UserError(f"{name}={value}: choose one of {', '.join(choices)}")
        return value

    return read


def _seeds(name: str, value: str) -> tuple[int, ...]:
    words = value.replace(",", " ").split()
    if not words or not all(_is_whole(word, 2**31 - 1) for word in words):
        raise UserError(f'{name}={value}: expected whole numbers from 0, as in SEEDS="0 1 2"')
    return tuple(sorted({int(word) for word in words}))


def _is_whole(word: str, most: int) -> bool:
    return word.isdecimal() and len(word) <= len(str(most)) and int(word) <= most


def _path(name: str, value: str) -> Path:
    try:
        value.encode()
        path = Path(value).expanduser()
        path.stat()
    except UnicodeEncodeError as error:
        raise UserError(f"{name}={value!a}: the name is not UTF-8; rename it") from error
    except (OSError, RuntimeError) as error:  # the latter where there is no such user
        raise UserError(f"{name}={value}: there is no such file or folder") from error
    return path


def _count(name: str, value: str) -> int:
    if not _is_whole(value, 1024) or int(value) < 1:
        raise UserError(f"{name}={value}: expected a whole number from 1 to 1024")
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise UserError(f"{name}={value}: choose 0 or 1")
    return value == "1"
