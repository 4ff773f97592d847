"""The code that decides a run's numbers, by digests: an edit makes the run outdated.

Comments, docstrings and formatting do not count. Prepared data have a fingerprint of their own, and
settings are part of a run's specification, so neither the code that prepares data nor that which
reads settings counts here. Of the training loop, which calls the trainer, only `lib.system.runtime`
counts, with which it sets up TensorFlow.
"""

import ast
import functools
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from lib.config.base import Settings
from lib.system.paths import REPOSITORY

_SETUP = "lib.system.runtime"  # of TensorFlow, for every training
# Modules and packages that decide numbers; imports of any others are not followed.
_TRAINING = (
    "lib.models",
    "lib.training",
    "lib.data.arithmetic",
    "lib.data.operators",
    "lib.data.splits",
    "lib.system.randomness",
    _SETUP,
)
# Of these, and of `lib.metrics`, an edit changes what is measured after the training alone.
_EVALUATION = ("lib.metrics", "lib.models.faces.evaluation")
EQUAL = Path(__file__).with_name("equal_code.json")


def code_of(settings: Settings) -> dict[str, dict[str, str]]:
    """Return a digest of each file of the code that trains with such settings, and that evaluates.

    Keys are "training" and "evaluation", then paths in the repository.
    """
    module, _ = settings.trainer.split(":")
    reached = {module, _SETUP}
    left = [*reached]
    while left:
        new = {each for each in _syntax(left.pop())[1] if each not in reached}
        reached |= new
        left += sorted(new)
    found = {"training": {}, "evaluation": {}}
    for each in sorted(reached):
        part = "evaluation" if _is_in(each, _EVALUATION) else "training"
        found[part][_file(each)] = _syntax(each)[0]
    return found


def is_equal(found: object, current: dict[str, str]) -> bool:
    """Return whether code with the fingerprint `found` gives the same bits as the `current` files.

    It does if it is the same, or if `lib.runs.accept` has proven it.
    """
    now = fingerprint(current)
    return found == now or found in proven().get(now, ())


def fingerprints(code: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the fingerprint of each part of what `code_of` returns."""
    return {part: fingerprint(files) for part, files in code.items()}


def fingerprint(files: object) -> str:
    """Return a digest of code, given by the digests of its files."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]


def changed_files(found: object, current: dict[str, str]) -> list[str]:
    """Return the files whose digests differ, or that only one of both has."""
    before = found if isinstance(found, dict) else {}
    paths = sorted({*before, *current})
    return [path for path in paths if before.get(path) != current.get(path)]


def forget() -> None:
    """Read all files again at the next use."""
    _syntax.cache_clear()


def proven() -> dict[str, list[str]]:
    """Return fingerprints of earlier code that gives the same bits, by that of current code."""
    return json.loads(EQUAL.read_text(encoding="utf-8"))


@functools.cache
def _syntax(module: str) -> tuple[str, tuple[str, ...]]:
    """Return a digest of what a module does, and the modules that it imports and that count."""
    tree = ast.parse((REPOSITORY / _file(module)).read_text(encoding="utf-8"))
    imported = sorted(each for each in _imported(tree) if _is_in(each, _TRAINING + _EVALUATION))
    _remove_docstrings(tree)
    return hashlib.sha256(_written(tree).encode()).hexdigest()[:16], tuple(imported)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                submodule = f"{node.module}.{name.name}"
                yield submodule if (REPOSITORY / _file(submodule)).exists() else node.module


def _remove_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        has_one = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if has_one and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]


def _written(node: object) -> str:
    """Return a syntax tree as text, without places and without what is empty.

    Unlike that of `ast.dump`, the text is the same in all versions of Python.
    """
    if isinstance(node, ast.AST):
        fields = [(name, getattr(node, name, None)) for name in node._fields]
        given = [(name, value) for name, value in fields if value is not None and value != []]
        inner = " ".join(f"{name}={_written(value)}" for name, value in given)
        return f"({type(node).__name__} {inner})"
    if isinstance(node, list):
        return f"[{' '.join(map(_written, node))}]"
    return repr(node)


def _file(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (REPOSITORY / path).is_dir() else f"{path}.py"


def _is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in packages)
