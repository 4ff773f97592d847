"""The settings that every training has, and how a given value is checked."""

import dataclasses
import functools
import typing
from typing import Annotated, ClassVar

from lib.config.ranges import PositiveFloat, PositiveInt, Range
from lib.system.errors import UserError

FACE_COUNT = 20_000  # as many as the original takes; no more are prepared
QUERY_COUNT = 20_000  # all there are
DIGIT_COUNT = 60_000  # all that MNIST has to train on
LARGEST_BATCH = 2**16

# With fewer, a split is empty, or there are too few faces to show and to compare.
FaceCount = Annotated[int, Range(minimum=20, maximum=FACE_COUNT)]
QueryCount = Annotated[int, Range(minimum=100, maximum=QUERY_COUNT)]
DigitCount = Annotated[int, Range(minimum=100, maximum=DIGIT_COUNT)]
BatchSize = Annotated[int, Range(above=0, maximum=LARGEST_BATCH)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of every training. The annotation of a number has its `Range`."""

    trainer: ClassVar[str]  # "module:class", imported only when a training starts
    uses: ClassVar[tuple[str, ...]] = ()  # the data sets it reads: "faces", "digits"
    needs: ClassVar[tuple[str, ...]] = ()  # the experiments whose finished runs it reads
    keeps_weights: ClassVar[bool] = False  # in the run directory, for other trainings
    targets: ClassVar[tuple[str, ...]] = ()  # of Make, for which a trained model can be used
    primary_metric: ClassVar[str] = "loss"  # the metric that summarises a run

    epochs: PositiveInt
    batch_size: BatchSize
    learning_rate: PositiveFloat = 1e-3


def names(settings: type[Settings] | Settings) -> list[str]:
    """Return the names of the fields that can be set."""
    return [field.name for field in dataclasses.fields(settings)]


def replaced(settings: Settings, changes: dict[str, object]) -> Settings:
    """Return `settings` with `changes`: new values, or texts as given on a command line.

    Raises UserError for an unknown name or a value of the wrong type or range.
    """
    hints = _hints(type(settings))
    values = {}
    for name, value in changes.items():
        if name not in names(settings):
            raise UserError(f"unknown setting {name}; known here: {', '.join(names(settings))}")
        values[name] = _checked(name, value, hints[name])
    return dataclasses.replace(settings, **values)


@functools.cache
def _hints(settings: type[Settings]) -> dict[str, object]:
    return typing.get_type_hints(settings, include_extras=True)


def _checked(name: str, value: object, hint: object) -> object:
    if typing.get_origin(hint) is typing.Literal:
        return _choice(name, value, {str(choice): choice for choice in typing.get_args(hint)})
    if hint is bool:
        return _flag(name, value)
    kind, allowed = typing.get_args(hint)
    try:
        number = kind(value)
    except ValueError:
        expected = "a whole number" if kind is int else "a number"
    else:
        expected = allowed.violated_by(number)
    if expected:
        raise UserError(f"{name.upper()}={value}: expected {expected}")
    return number


def _choice(name: str, value: object, choices: dict[str, object]) -> object:
    if str(value) not in choices:
        raise UserError(f"{name.upper()}={value}: choose one of {', '.join(choices)}")
    return choices[str(value)]


def _flag(name: str, value: object) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    if str(value).lower() not in known:
        raise UserError(f"{name.upper()}={value}: choose true or false")
    return known[str(value).lower()]
