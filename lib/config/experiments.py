"""An experiment: named settings, and the variants that it trains. No TensorFlow here."""

import dataclasses
import functools
import importlib
import sys
from collections.abc import Mapping

from lib.config import targets
from lib.config.base import Settings
from lib.config.suggestions import unknown
from lib.system.paths import REPOSITORY

STUDIES = ("published", "corrected")


@dataclasses.dataclass(frozen=True)
class Experiment:
    """One file in experiments/: its settings, and what each variant changes in them.

    `study` is "published" for what the original trained, "corrected" for what corrects its defects.
    """

    settings: Settings
    variants: Mapping[str, Mapping[str, object]] = dataclasses.field(
        default_factory=lambda: {"published": {}}
    )
    study: str = "published"


@functools.cache
def experiments() -> dict[str, Experiment]:
    """Return every experiment by the name of its file, in the order of the report's sections."""
    files = sorted((REPOSITORY / "experiments").glob("*.py"), key=_report_order)
    found = {
        file.stem: importlib.import_module(f"experiments.{file.stem}").EXPERIMENT
        for file in files
        if not file.stem.startswith("_")
    }
    return dict(sorted(found.items(), key=lambda each: STUDIES.index(each[1].study)))


def title(name: str) -> str:
    """Return the first line of the docstring of the experiment's file, without its full stop."""
    experiments()
    return sys.modules[f"experiments.{name}"].__doc__.splitlines()[0].rstrip(".")


def studied(study: str) -> list[str]:
    """Return the names of a study's experiments; the corrected one includes the published."""
    included = STUDIES[: STUDIES.index(study) + 1]
    return [name for name, experiment in experiments().items() if experiment.study in included]


_SECTIONS = ("cae", "vae", "gan", "digit", "text2text", "image2text", "text2image")


def _report_order(file: object) -> tuple:
    kind, *number = file.stem.split("_")
    section = _SECTIONS.index(kind) if kind in _SECTIONS else len(_SECTIONS)
    return section, *(part.zfill(4) for part in number), file.stem


def find(name: str) -> str:
    """Return the experiment's file name for `name`, which may be written as a Make target.

    Names of the previous release are understood. Raises UserError, naming the known ones, for an
    unknown name.
    """
    found = name.replace("-", "_").replace("_fixed", "_corrected")
    found = found.replace("digit_reader", "digit_classifier")
    if found not in experiments():
        known = [key.replace("_", "-") for key in experiments()]
        raise unknown("experiment", name, known, targets.names())
    return found
