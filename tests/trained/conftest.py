import dataclasses
import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.system.paths import REPOSITORY

CALL = """
import contextlib, io, json, sys
from lib.trained.__main__ import main
answers = []
for arguments in json.load(sys.stdin):
    out, err, status = io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as end:
            status = end.code
    answers.append([status, out.getvalue().splitlines(), err.getvalue().splitlines()])
json.dump(answers, sys.stdout)
"""


@dataclasses.dataclass(frozen=True)
class Called:
    """What a command did: its exit status, and the lines that it wrote."""

    status: int
    lines: list[str]
    errors: list[str]

    @property
    def path(self):
        """The path that the last line ends with."""
        return Path(self.lines[-1].split(": ", 1)[1])


@pytest.fixture(scope="session")
def work(trained_work):
    """A work folder with tiny trained models, the same for all processes of tests."""
    return trained_work


@pytest.fixture(scope="session")
def call_in():
    """Return a function that runs commands in one process, for the models of a work folder."""

    def run(work, *commands):
        finished = python(work, CALL, given=json.dumps([list(map(str, each)) for each in commands]))
        return [Called(*each) for each in json.loads(finished)]

    return run


@pytest.fixture(scope="session")
def call(call_in, work):
    """Return a function that runs commands in one process, for the trained models."""
    return functools.partial(call_in, work)


def python(work, program, *arguments, given=""):
    """Run a program with the project in a process of its own; return what it writes."""
    finished = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "WORK_DIR": str(work)},
        input=given,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    return finished.stdout


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """A folder with five images of other sizes, and a file that is none."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    for k in range(5):
        pixels = random.integers(0, 256, (40 + 10 * k, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"photo-{k}.png")
    (folder / "notes.txt").write_text("no image", encoding="utf-8")
    return folder
