"""The original's fifteen figures and ours, one file per kind.

Each file has a function `draw`, which reads runs and saves an image, and a list `FIGURES`. No
import of `report` and no TensorFlow belongs here.
"""

import dataclasses
import functools
import importlib
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from lib.runs.directories import Run, command_for
from lib.system.errors import UserError
from lib.system.paths import BUILD, REPOSITORY, display

FOLDER = BUILD / "figures"

Pair = tuple[str, str]  # experiment, variant
Runs = Mapping[Pair, Sequence[Run]]  # one run per seed
Groups = Sequence[Sequence[Run]]  # the runs of each pair that a figure needs


def pairs(experiment: str, variants: Iterable[str]) -> tuple[Pair, ...]:
    """Return an experiment paired with each of `variants`."""
    return tuple((experiment, variant) for variant in variants)


def published_runs(*experiments: str) -> tuple[Pair, ...]:
    """Return each experiment paired with its published variant."""
    return tuple((experiment, "published") for experiment in experiments)


VAES = published_runs("vae_32", "vae_64", "vae_128")
GANS = published_runs("gan_64", "gan_128", "gan_256")


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure of the report."""

    number: int | None  # the original's; None for a figure of ours
    file_name: str
    needs: tuple[Pair, ...]
    draw: Callable[[Groups, Path], None]

    @property
    def name(self) -> str:
        """The figure's name in the report."""
        return Path(self.file_name).stem

    @property
    def shows_images(self) -> bool:
        """Whether it shows images, which are those of the first seed, and not curves of all."""
        return self.file_name.endswith(".png")

    @property
    def script(self) -> str:
        """The file that draws it, relative to the repository."""
        return self.draw.__module__.replace(".", "/") + ".py"


@functools.cache
def all_figures() -> tuple[Figure, ...]:
    """Return every figure in the order of the original's numbers, then ours."""
    files = sorted((REPOSITORY / "figures").glob("[a-z]*.py"))
    modules = [importlib.import_module(f"figures.{file.stem}") for file in files]
    # `plots` has no FIGURES.
    found = [figure for module in modules for figure in getattr(module, "FIGURES", ())]
    return tuple(sorted(found, key=lambda figure: (figure.number is None, figure.number)))


def setting(runs: Sequence[Run], name: str) -> object:
    """Return a setting of runs that differ in their seeds only."""
    return runs[0].config["spec"]["settings"][name]


def missing(needs: Sequence[Pair], runs: Runs, seeds: Sequence[int]) -> list[Pair]:
    """Return the pairs of `needs` that lack the run of any seed."""
    return [pair for pair in needs if len(runs.get(pair, ())) < len(seeds)]


def save(figure: Figure, runs: Runs, path: Path) -> None:
    """Draw a figure into the file `path`; all its runs must be in `runs`.

    Raises UserError, which names the runs, if their files cannot be read.
    """
    try:
        figure.draw([runs[pair] for pair in figure.needs], path)
    except (KeyError, IndexError, OSError, ValueError, zipfile.BadZipFile) as error:
        keys = [runs[pair][0].key for pair in figure.needs]
        folders = ", ".join(dict.fromkeys(display(key.path.parents[1]) for key in keys))
        commands = ", ".join(dict.fromkeys(map(command_for, keys)))
        raise UserError(
            f"{display(path)} cannot be drawn from {folders}: "
            f"{type(error).__name__} {error}; remove the broken run and run: {commands}"
        ) from error
