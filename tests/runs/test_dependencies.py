"""A command runs again only after something that it read has changed: with a small command."""

import os
import subprocess
import sys

import pytest

from lib.runs import dependencies
from lib.system.paths import REPOSITORY

MAIN = """
import pathlib, subprocess, sys
from drawing import helper
here = pathlib.Path(__file__).parent
parts = [path.read_text() for path in sorted((here / "parts").glob("*.txt"))]
parts.append(subprocess.run(["cat", str(here / "template")], capture_output=True, text=True).stdout)
try:
    parts.append((here / "optional").read_text())
except FileNotFoundError:
    pass
(here / "output").write_text(helper.join(parts))
sys.exit("--fail" in sys.argv)
"""
KEY = "key"


@pytest.fixture
def work(tmp_path):
    """A folder with a package to run, its input and its result of the first run."""
    package = tmp_path / "drawing"
    (package / "parts").mkdir(parents=True)
    contents = {
        "__init__.py": "",
        "__main__.py": MAIN,
        "helper.py": "join = ''.join\n",
        "unused.py": "",
        "template": "t",
        "parts/a.txt": "a",
    }
    for name, content in contents.items():
        (package / name).write_text(content, encoding="utf-8")
        os.utime(package / name, (1, 1))
    return tmp_path


def run(work, *arguments):
    """Run the command; return its exit status."""
    record = work / "build" / "drawing.json"
    path = f"{work}{os.pathsep}{REPOSITORY}"
    done = subprocess.run(
        [sys.executable, "-m", "lib.runs.dependencies", record, KEY, "drawing", *arguments],
        # Empty: compiled modules are written, as they are by default.
        env={
            **os.environ,
            "WORK_DIR": str(work),
            "PYTHONPATH": path,
            "PYTHONDONTWRITEBYTECODE": "",
        },
        cwd=work,
        timeout=60,
    )
    return done.returncode


def is_current(work, key=KEY):
    return dependencies.is_current(work / "build" / "drawing.json", key)


def test_nothing_is_current_before_the_first_run_and_all_is_after_it(work):
    assert not is_current(work)
    for _ in range(2):  # the second time, Python reads compiled modules
        assert run(work) == 0
        assert is_current(work)
        assert not is_current(work, "another key")


@pytest.mark.parametrize(
    "name", ["__main__.py", "helper.py", "parts/a.txt", "template", "output", "optional"]
)
def test_a_file_that_was_read_or_written_counts_by_its_content(work, name):
    for _ in range(2):
        run(work)
    path = work / "drawing" / name
    before = path.read_bytes() if path.exists() else None
    path.write_text("other", encoding="utf-8")
    assert not is_current(work)
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)  # at another time
    assert is_current(work)


@pytest.mark.parametrize("name", ["helper.py", "parts/a.txt", "template", "output"])
def test_a_file_that_is_missing_counts(work, name):
    run(work)
    (work / "drawing" / name).unlink()
    assert not is_current(work)


def test_a_new_file_counts_where_files_are_searched_and_nowhere_else(work):
    run(work)
    (work / "drawing" / "unused.py").write_text("changed", encoding="utf-8")
    (work / "drawing" / "new.py").touch()
    (work / "new").touch()
    assert is_current(work)
    (work / "drawing" / "parts" / "b.txt").touch()
    assert not is_current(work)


def test_a_file_that_changes_while_the_command_runs_counts(work):
    path = work / "drawing" / "template"
    future = path.stat().st_mtime + 10**10
    os.utime(path, (future, future))
    run(work)
    assert not is_current(work)


def test_a_command_that_fails_leaves_no_record(work):
    assert run(work, "--fail") == 1
    assert not is_current(work)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"key": "key"}', "null"])
def test_a_torn_or_foreign_record_is_not_current(work, text):
    run(work)
    (work / "build" / "drawing.json").write_text(text, encoding="utf-8")
    assert not is_current(work)
