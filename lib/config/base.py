"""The settings that every training has, and how a given value is checked."""

import dataclasses
import functools
import typing
from typing import ClassVar

from lib.system.errors import UserError

FACE_COUNT = 20_000  # as many as the original takes; no more are prepared
QUERY_COUNT = 20_000  # all there are


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of every training."""

    trainer: ClassVar[str]  # "module:class", imported only when a training starts
    uses: ClassVar[tuple[str, ...]] = ()  # the data sets it reads: "faces", "digits"
    needs: ClassVar[tuple[str, ...]] = ()  # the experiments whose finished runs it reads
    keeps_weights: ClassVar[bool] = False  # in the run directory, for other trainings
    primary_metric: ClassVar[str] = "loss"  # the metric that summarises a run
    # Counts how often the model's code has changed the numbers that the same settings give.
    model_version: ClassVar[int] = 1
    at_least: ClassVar[tuple[tuple[str, int], ...]] = ()  # what a smaller value leaves nothing of

    epochs: int
    batch_size: int
    learning_rate: float = 1e-3


# With fewer, some part of a split is empty, or there are too few faces to show and to compare.
_AT_LEAST = {"query_count": 100, "image_count": 20, "digit_count": 100}
_AT_MOST = {"query_count": QUERY_COUNT, "image_count": FACE_COUNT, "batch_size": 2**16}
_BELOW_ONE = ("fraction", "beta_1", "average_decay", "factor", "dropout")
_MAY_BE_ZERO = (
    "seed",
    "patience",
    "decay",
    "_weight",
    "rotation",
    "zoom",
    "translation",
    "beta_1",
    "dropout",
)


def names(settings: type[Settings] | Settings) -> list[str]:
    """Return the names of the fields that can be set."""
    return [field.name for field in dataclasses.fields(settings)]


def replaced(settings: Settings, changes: dict[str, object]) -> Settings:
    """Return `settings` with `changes` (values or texts, as given on a command line) put in.

    Raises UserError for an unknown name or a value of the wrong type or range.
    """
    hints = _types(type(settings))
    values = {}
    for name, value in changes.items():
        if name not in names(settings):
            raise UserError(f"unknown setting {name}; known here: {', '.join(names(settings))}")
        least = dict(settings.at_least).get(name, _AT_LEAST.get(name, 0))
        values[name] = _checked(name, value, hints[name], least)
    return dataclasses.replace(settings, **values)


_types = functools.cache(typing.get_type_hints)


def _checked(name: str, value: object, kind: object, least: int) -> object:
    choices = {str(choice): choice for choice in typing.get_args(kind)}
    if choices:
        if str(value) not in choices:
            raise UserError(f"{name.upper()}={value}: choose one of {', '.join(choices)}")
        return choices[str(value)]
    if kind is bool:
        known = {"true": True, "1": True, "false": False, "0": False}
        if str(value).lower() not in known:
            raise UserError(f"{name.upper()}={value}: choose true or false")
        return known[str(value).lower()]
    try:
        number = kind(value)
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise UserError(f"{name.upper()}={value}: expected {what}") from None
    may_be_zero = name.endswith(_MAY_BE_ZERO)
    if not (number > 0 or (may_be_zero and number == 0)) or number == float("inf"):
        wanted = "0 or more" if may_be_zero else "a positive number"
        raise UserError(f"{name.upper()}={value}: expected {wanted}")
    if number < least:
        raise UserError(f"{name.upper()}={value}: expected at least {least}")
    if number > _AT_MOST.get(name, number):
        raise UserError(f"{name.upper()}={value}: expected at most {_AT_MOST[name]}")
    # A run's own seed may be added, and numpy takes them below 2**32.
    if name.endswith("seed") and number >= 2**31:
        raise UserError(f"{name.upper()}={value}: expected a whole number below {2**31}")
    if name.endswith(_BELOW_ONE) and number >= 1:
        raise UserError(f"{name.upper()}={value}: expected a number below 1")
    return number
