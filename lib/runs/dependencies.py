"""Which files a command read and wrote, so that it runs again only after one of them has changed.

`python -m lib.runs.dependencies <record> <key> <package> <argument>...` works as `python -m
<package> <argument>...` does. It then writes into the file <record> what the package read and
wrote, and <key>, which tells what the package was run for.
"""

import importlib.util
import json
import os
import runpy
import sys
import time
from pathlib import Path

from lib.system import files, paths
from lib.system.errors import command


def is_current(record: Path, key: str) -> bool:
    """Return whether `record` was written for `key` and its files are still as they were then."""
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
        return (
            known["key"] == key
            and all(_is_unchanged(path, state) for path, state in known["files"].items())
            and all(_names(path) == names for path, names in known["folders"].items())
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


class _Access:
    """An audit hook that notes the files that are read or written, and the folders searched."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.written: set[str] = set()
        self.folders: set[str] = set()

    def __call__(self, event: str, arguments: tuple) -> None:
        if event == "open":
            is_written = arguments[2] & (os.O_WRONLY | os.O_RDWR)
            self._note(self.written if is_written else self.read, arguments[0])
        elif event == "os.rename":
            self._note(self.written, arguments[1])
        elif event == "os.scandir":
            self._note(self.folders, arguments[0])
        elif event == "subprocess.Popen":  # a program reads the files that its arguments name
            for argument in filter(os.path.isfile, arguments[1]):
                self._note(self.read, argument)

    def _note(self, found: set[str], path: object) -> None:
        if isinstance(path, str | bytes | os.PathLike):
            path = os.path.abspath(os.fsdecode(path))
            if _is_ours(path):
                found.add(path)


def _is_ours(path: str) -> bool:
    """Return whether a path belongs to the project or its results, and is not hidden there."""
    for root in (paths.WORK, paths.REPOSITORY):
        if Path(path).is_relative_to(root):
            parts = Path(path).relative_to(root).parts
            return not any(part.startswith((".", "__pycache__")) for part in parts)
    return False


def _state(path: str) -> dict[str, object] | None:
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


@command
def main(record: str, key: str, package: str, *arguments: str) -> None:
    """Run `package` and write what it read and wrote, unless it fails."""
    access, began = _Access(), time.time_ns()
    sys.addaudithook(access)
    sys.argv = [package, *arguments]
    try:
        runpy.run_module(package, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code:
            raise
    modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    modules.add(importlib.util.find_spec(f"{package}.__main__").origin)
    # Other code is read for its digest alone: it counts by the runs that it makes outdated, which
    # the key tells.
    code = str(paths.REPOSITORY / "lib") + os.sep
    read = {path for path in access.read if not path.startswith(code)}
    read |= {path for path in modules if path and _is_ours(path)}
    states = {path: _state(path) for path in sorted(read - access.written)}
    for state in filter(None, states.values()):
        if state["time"] >= began:
            state.update(time=None, sha256="changed while it was read")
    states |= {path: _state(path) for path in sorted(access.written)}
    folders = {path: _names(path) for path in sorted(access.folders)}
    files.write_json(Path(record), {"key": key, "files": states, "folders": folders})


if __name__ == "__main__":
    main(*sys.argv[1:])
