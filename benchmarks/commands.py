"""Time whole commands, from their start to their end."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.workloads import FEW
from lib.config import request
from lib.config.profiles import PROFILES
from lib.runs import plan
from lib.system import paths
from lib.system.errors import UserError

REPEATS = 5


def measure() -> dict[str, list[float]]:
    """Return the seconds of each command, a few times each.

    Figures, report and a `make all` with nothing to do are those of the first profile whose runs
    are all done. Where none is, the smoke profile is trained first, on stand-ins.
    """
    python = [sys.executable, "-m"]
    commands = {"python -m lib.runs.plan": [*python, "lib.runs.plan"]}
    for name in FEW:
        commands[f"{name}: start to first steps"] = [*python, "benchmarks.first_steps", name]
    seconds = {name: _seconds(command) for name, command in commands.items()}
    return seconds | _of_everything(_finished_profile())


def _finished_profile() -> str | None:
    """Return the first profile whose runs are all done, None if there is none."""
    for profile in PROFILES:
        asked = request.Request(profile=profile)
        try:
            if all(plan.is_done(each, asked.threads) for each in request.planned(asked)):
                return profile
        except UserError:  # no data are prepared
            return None
    return None


def _of_everything(finished: str | None) -> dict[str, list[float]]:
    """Draw and report in a folder of their own, not over the user's, what is finished, or smoke."""
    words = [f"PROFILE={finished}"] if finished else ["PROFILE=smoke", "DATA=builtin"]
    with tempfile.TemporaryDirectory() as folder:
        for made in (paths.DATA, paths.RUNS) if finished else ():
            (Path(folder) / made.name).symlink_to(made)
        kept = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
        environment = {**kept, "WORK_DIR": folder}
        everything = ["make", "--no-print-directory", "all", *words]
        _run(everything, environment)
        return {
            "all figures": _seconds([sys.executable, "-m", "figures", *words], environment),
            "the report": _seconds([sys.executable, "-m", "report", *words], environment),
            "make all, nothing to do": _seconds(everything, environment),
        }


def _seconds(command: Sequence[str], environment: Mapping[str, str] | None = None) -> list[float]:
    return [_run(command, environment) for _ in range(REPEATS)]


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=paths.REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UserError(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")
    return time.perf_counter() - began
