"""The data that a request names, by their kinds. Importing this is cheap."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from lib.config.request import Planned, Request
from lib.data import digits, faces

_MODULES = {"faces": faces, "digits": digits}


def used(request: Request, runs: Iterable[Planned]) -> Iterator[tuple[ModuleType, Path | None]]:
    """Yield the module of each kind of data that `runs` read, and the user's own data, if given."""
    for name in sorted({name for run in runs for name in run.settings.uses}):
        yield _MODULES[name], getattr(request, name)
