"""Measure how long whole commands take, from start to end."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.training_speed import worker_command
from benchmarks.workloads import FIRST_STEPS
from lib.config import request
from lib.config.profiles import PROFILES
from lib.runs import plan
from lib.system import paths
from lib.system.errors import UserError

REPEATS = 5


def measure() -> dict[str, dict]:
    """Return the seconds of each command, and their median.

    Figures, report and a `make all` with nothing to do are timed on the first profile whose runs
    are all finished. If there is none, the smoke profile is trained first, on synthetic data.
    """
    commands = {
        workload.name: worker_command("project", workload, threads=1, indices=[0])
        for workload in FIRST_STEPS
    }
    seconds = {name: _repeated(command) for name, command in commands.items()}
    seconds |= _time_figures_report_and_make(_finished_profile())
    return {
        name: {"seconds": each, "median": statistics.median(each)} for name, each in seconds.items()
    }


def _finished_profile() -> str | None:
    """Return the first profile whose runs are all finished, None if there is none."""
    for profile in PROFILES:
        requested = request.Request(profile=profile)
        try:
            planned = request.planned(requested)
            if all(plan.is_done(each, requested.threads) for each in planned):
                return profile
        except UserError:  # no data are prepared
            return None
    return None


def _time_figures_report_and_make(finished: str | None) -> dict[str, list[float]]:
    """Work in a temporary folder, so that the user's figures and report stay."""
    settings = [f"PROFILE={finished}"] if finished else ["PROFILE=smoke", "DATA=builtin"]
    with tempfile.TemporaryDirectory() as folder:
        for source in (paths.DATA, paths.RUNS) if finished else ():
            (Path(folder) / source.name).symlink_to(source)
        left_out = {"MAKEFLAGS", "MAKELEVEL", *request.OPTIONS}
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        environment = {**kept, "WORK_DIR": folder}
        make_all = ["make", "--no-print-directory", "all", *settings]
        _run(make_all, environment)
        return {
            "all figures": _repeated([sys.executable, "-m", "figures", *settings], environment),
            "the report": _repeated([sys.executable, "-m", "report", *settings], environment),
            "make all, nothing to do": _repeated(make_all, environment),
        }


def _repeated(command: Sequence[str], environment: Mapping[str, str] | None = None) -> list[float]:
    return [_run(command, environment) for _ in range(REPEATS)]


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    began = time.perf_counter()
    finished = subprocess.run(
        command,
        cwd=paths.REPOSITORY,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise UserError(f"{' '.join(command)} failed: {finished.stderr.strip()[-300:]}")
    return time.perf_counter() - began
