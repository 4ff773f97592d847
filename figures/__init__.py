"""The original's fifteen figures and ours, one file per kind: each reads runs, draws and saves.

A file holds `draw` and `FIGURES`. No TensorFlow here.
"""

import dataclasses
import functools
import importlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lib.runs.directories import Run, command_for
from lib.system.errors import UserError
from lib.system.paths import BUILD, REPOSITORY, display

FOLDER = BUILD / "figures"
MANIFEST = FOLDER / "manifest.json"

Pair = tuple[str, str]  # experiment, variant
Runs = Mapping[Pair, Sequence[Run]]  # one run per seed


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure of the report."""

    number: int | None  # the original's; None for a figure of ours
    file_name: str
    needs: tuple[Pair, ...]
    draw: Callable[[Sequence[Sequence[Run]], Path], None]  # the runs of each pair in `needs`

    @property
    def name(self) -> str:
        """What the report calls the figure by."""
        return Path(self.file_name).stem

    @property
    def script(self) -> str:
        """The file that draws it, seen from the repository's root."""
        return self.draw.__module__.replace(".", "/") + ".py"


@functools.cache
def all_figures() -> tuple[Figure, ...]:
    """Return every figure in the order of the original's numbers, then ours."""
    files = sorted((REPOSITORY / "figures").glob("[a-z]*.py"))
    modules = [importlib.import_module(f"figures.{file.stem}") for file in files]
    # All but `plots`, which they share.
    found = [figure for module in modules for figure in getattr(module, "FIGURES", ())]
    return tuple(sorted(found, key=lambda figure: (figure.number is None, figure.number)))


def missing(needs: Sequence[Pair], runs: Runs, seeds: Sequence[int]) -> list[Pair]:
    """Return those of the pairs `needs` that lack the run of any seed."""
    return [pair for pair in needs if len(runs.get(pair, ())) < len(seeds)]


def save(figure: Figure, runs: Runs, path: Path) -> None:
    """Draw a figure into the file `path`; its runs have to be there.

    Raises UserError, which names the runs, where what they hold cannot be drawn.
    """
    try:
        figure.draw([runs[pair] for pair in figure.needs], path)
    except (KeyError, IndexError, OSError, ValueError, zipfile.BadZipFile) as error:
        keys = [runs[pair][0].key for pair in figure.needs]
        folders = ", ".join(dict.fromkeys(display(key.path.parents[1]) for key in keys))
        commands = ", ".join(dict.fromkeys(map(command_for, keys)))
        raise UserError(
            f"{display(path)} cannot be drawn from {folders}: "
            f"{type(error).__name__} {error}; remove what is broken and run: {commands}"
        ) from error


def manifest(runs: Runs, seeds: Sequence[int]) -> dict[str, dict[str, str]]:
    """Return, by the name of each figure's file, the runs that it is drawn from.

    A run is told by its directory and its digest: while these are the same, the figure is current.
    """
    return {
        figure.file_name: {
            str(run.key): run.result["digest"] for pair in figure.needs for run in runs[pair]
        }
        for figure in all_figures()
        if not missing(figure.needs, runs, seeds)
    }
