"""Measure how long whole commands take, from start to end."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from lib.system import paths
from lib.system.errors import UserError

REPEATS = 5
SETTINGS = ("PROFILE=smoke", "DATA=builtin")


def measure() -> dict[str, dict]:
    """Return the seconds of each command, and their median, on runs of the smoke profile.

    These are trained first, on synthetic data, in a temporary folder.
    """
    make_all = ["make", "--no-print-directory", "all"]
    commands = {
        "all figures": [sys.executable, "-m", "figures"],
        "the report": [sys.executable, "-m", "report"],
        "make all, nothing to do": make_all,
    }
    with tempfile.TemporaryDirectory() as folder:
        _seconds(make_all, folder)
        seconds = {
            name: [_seconds(command, folder) for _ in range(REPEATS)]
            for name, command in commands.items()
        }
    return {
        name: {"seconds": each, "median": statistics.median(each)} for name, each in seconds.items()
    }


def _seconds(command: Sequence[str], folder: str) -> float:
    """Run a command with a work folder; return how long it took."""
    kept = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    began = time.perf_counter()
    finished = subprocess.run(
        [*command, *SETTINGS],
        cwd=paths.REPOSITORY,
        env={**kept, "WORK_DIR": folder},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise UserError(f"{' '.join(command)} failed: {finished.stderr.strip()[-300:]}")
    return time.perf_counter() - began
