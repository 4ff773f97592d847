"""The options of the commands that use trained models: NAME=VALUE, as Make passes them.

No TensorFlow here.
"""

import dataclasses
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from lib.config.request import flag, is_whole
from lib.config.suggestions import unknown
from lib.system.errors import UserError

LARGEST_COUNT = 100_000
LARGEST_STEPS = 1_000
# Settings of Make and of trainings, which may stand in the environment.
_IGNORED = (
    *("PYTHON", "JOBS", "RUNTIME", "CUDA", "WORK_DIR", "LAUNCH"),
    *("STUDY", "DATA", "DIGITS", "THREADS", "ALLOW_MISSING"),
)


@dataclasses.dataclass(frozen=True)
class Options:
    """What a command is to use and to make."""

    model: str
    profile: str | None = None
    run_seed: int = 0
    variant: str | None = None
    recorded: bool = False
    count: int | None = None
    seed: int = 0
    steps: int = 9
    queries: tuple[str, ...] = ()
    faces: tuple[Path, ...] = ()
    images: tuple[Path, ...] = ()


def one_path_each(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with an argument for each path in FACES and IMAGES, as `parse` takes.

    A container mounts the path of an argument. Raises UserError if there is no such path.
    """
    separate = []
    for argument in arguments:
        name, _, value = argument.partition("=")
        several = _paths(name, value) if name in ("FACES", "IMAGES") and value else ()
        separate += [f"{name}={path}" for path in several] or [argument]
    return separate


def parse(arguments: Sequence[str]) -> Options:
    """Parse NAME=VALUE arguments; FACES and IMAGES may come several times.

    Raises UserError for any argument that is not understood.
    """
    readers = {
        "MODEL": ("model", _text),
        "PROFILE": ("profile", _text),
        "SEEDS": ("run_seed", _number(0, 2**31 - 1)),
        "VARIANT": ("variant", _text),
        "RECORDED": ("recorded", flag),
        "COUNT": ("count", _number(1, LARGEST_COUNT)),
        "SEED": ("seed", _number(0, 2**31 - 1)),
        "STEPS": ("steps", _number(2, LARGEST_STEPS)),
        "QUERY": ("queries", _queries),
        "FACES": ("faces", _paths),
        "IMAGES": ("images", _paths),
    }
    values = {}
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name in readers and value:
            field, read = readers[name]
            found = read(name, value)
            values[field] = (*values.get(field, ()), *found) if read is _paths else found
        elif name not in (*readers, *_IGNORED):
            raise unknown("option", name, readers)
    if "model" not in values:
        raise UserError("MODEL= is missing; name a trained model, such as MODEL=vae-32")
    chosen = [name for name in ("VARIANT", "PROFILE", "SEEDS") if readers[name][0] in values]
    if values.get("recorded") and chosen:
        raise UserError(
            f"RECORDED=1 has one model of each experiment; leave out {', '.join(chosen)}"
        )
    return Options(**values)


def _text(name: str, value: str) -> str:
    del name
    return value


def _number(least: int, most: int):
    def read(name: str, value: str) -> int:
        if not is_whole(value, most) or int(value) < least:
            raise UserError(f"{name}={value}: expected a whole number from {least} to {most:,}")
        return int(value)

    return read


def _queries(name: str, value: str) -> tuple[str, ...]:
    queries = tuple(each.strip() for each in value.split(",") if each.strip())
    if not queries:
        raise UserError(f'{name}={value}: give a query, or several as in {name}="46+69, 7-12"')
    return queries


def _paths(name: str, value: str) -> tuple[Path, ...]:
    """Return the one path that `value` is, or the several that it lists, quoted as in a shell."""
    whole = Path(value).expanduser()
    try:
        if os.path.lexists(whole):
            return (whole,)
        several = [Path(each).expanduser() for each in shlex.split(value)]
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"{name}={value!a}: no such file or folder") from error
    for path in several:
        if not path.exists():
            raise UserError(f"{name}={value}: there is no file or folder {path}")
    return tuple(several)
