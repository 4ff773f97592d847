"""Which files a command read, so that it runs again only after one of them has changed.

`python -m lib.runs.dependencies <record> <module> <argument>...` works as `python -m <module>
<argument>...` does, and writes the files that the module read into the file <record>.
"""

import importlib.util
import json
import os
import runpy
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from lib.runs import code
from lib.system import files, paths


def is_current(record: Path, key: object) -> bool:
    """Return whether `record` was completed for `key` and its files are still as they were then."""
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
        return (
            known["key"] == key
            and all(_is_unchanged(path, state) for path, state in known["files"].items())
            and all(_names(path) == names for path, names in known["folders"].items())
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def complete(record: Path, key: object, more: Iterable[Path]) -> None:
    """Add to `record` what the command was run for, and `more` files, such as its outputs."""
    known = json.loads(record.read_text(encoding="utf-8"))
    states = {str(path): _state(path) for path in more}
    files.write_json(record, {"key": key, **known, "files": {**known["files"], **states}})


class _Reads:
    """An audit hook that notes the files that are read, and the folders that are searched."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.folders: set[str] = set()
        self.written: set[str] = set()

    def __call__(self, event: str, arguments: tuple) -> None:
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self._note(self.files, arguments[0])
        elif event == "os.rename" and "__pycache__" not in os.fsdecode(arguments[1]):
            self._note(self.written, arguments[1])
        elif event == "os.scandir":
            self._note(self.folders, arguments[0])
        elif event == "subprocess.Popen":  # a program reads the files that its arguments name
            for argument in arguments[1]:
                if os.path.isfile(argument):
                    self._note(self.files, argument)

    def _note(self, found: set[str], path: object) -> None:
        if isinstance(path, str | bytes | os.PathLike):
            path = os.path.abspath(os.fsdecode(path))
            if "__pycache__" in path:
                path = importlib.util.source_from_cache(path)
            if _is_ours(path):
                found.add(path)


def _is_ours(path: str) -> bool:
    """Return whether a path belongs to the project or its results, and is not hidden there."""
    for root in (paths.WORK, paths.REPOSITORY):
        if Path(path).is_relative_to(root):
            return not any(part.startswith(".") for part in Path(path).relative_to(root).parts)
    return False


def _state(path: str | Path) -> dict[str, object] | None:
    """Return size, time of change (ns) and digest of a file, None if there is none."""
    try:
        found = os.stat(path)
        return {"size": found.st_size, "time": found.st_mtime_ns, "sha256": files.sha256(path)}
    except OSError:
        return None


def _is_unchanged(path: str, state: dict[str, object] | None) -> bool:
    try:
        found = os.stat(path)
    except OSError:
        return state is None
    if state is None or found.st_size != state["size"]:
        return False
    return found.st_mtime_ns == state["time"] or files.sha256(path) == state["sha256"]


def _names(folder: str) -> list[str]:
    """Return the names of the files in a folder, without hidden ones and Python's caches."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(name for name in names if not name.startswith((".", "__pycache__")))


def main(record: str, module: str, *arguments: str) -> None:
    """Run `module` and write what it read, unless it fails."""
    reads, began = _Reads(), time.time_ns()
    sys.addaudithook(reads)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code:
            raise
    _write(Path(record), reads, began)


def _write(record: Path, reads: _Reads, began: int) -> None:
    modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    # Code counts by the runs that it makes outdated, which the key tells, and if it is run here.
    read = (reads.files - code.analysed()) | {file for file in modules if file and _is_ours(file)}
    states = {path: _state(path) for path in sorted(read - reads.written)}
    for state in filter(None, states.values()):
        if state["time"] >= began:
            state.update(time=None, sha256="changed while it was read")
    folders = {path: _names(path) for path in sorted(reads.folders)}
    files.write_json(record, {"files": states, "folders": folders})


if __name__ == "__main__":
    main(*sys.argv[1:])
