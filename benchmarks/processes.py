"""Worker processes that are warm, and one measurement at a time."""

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.workloads import Workload
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY


def cores() -> int:
    """Return how many processors we may use."""
    return len(os.sched_getaffinity(0))


def interpreter(way: str) -> str | None:
    """Return the Python that a way runs in, None where there is none.

    For PyTorch that of `make bench-setup`, or any that BENCH_PYTHON_TORCH names.
    """
    if way != "torch":
        return sys.executable
    installed = REPOSITORY / ".venv-bench" / "bin" / "python"
    path = Path(os.environ.get("BENCH_PYTHON_TORCH") or installed)
    return str(path) if path.exists() else None


def side_by_side(sizes: Sequence[float], count: int) -> list[list[int]]:
    """Return which job each of `count` workers takes if each free one takes the next, as `make`."""
    taken: list[list[int]] = [[] for _ in range(count)]
    busy = [0.0] * count
    for job, size in enumerate(sizes):
        free = busy.index(min(busy))
        taken[free].append(job)
        busy[free] += size
    return [jobs for jobs in taken if jobs]


class Workers:
    """The process, or those side by side, that train a workload in one way."""

    def __init__(self, way: str, workload: Workload) -> None:
        trainings = workload.trainings
        jobs, threads = [list(range(len(trainings)))], cores()
        if way == "ours" and workload.is_sweep:
            jobs, threads = side_by_side([each.train_fraction for each in trainings], threads), 1
        self._name = f"{workload.name}, {way}"
        self._processes = [
            subprocess.Popen(
                [
                    *(interpreter(way), "-m", "benchmarks.worker"),
                    *(way, str(threads), json.dumps(dataclasses.asdict(workload))),
                    *map(str, chosen),
                ],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for chosen in jobs
        ]

    def wait_until_warm(self) -> None:
        """Wait for the first answer, which follows an epoch that is not measured."""
        for process in self._processes:
            self._answer(process)

    def train(self) -> float:
        """Train an epoch of everything; return the seconds that it took."""
        began = time.perf_counter()
        self._ask("train")
        return time.perf_counter() - began

    def facts(self) -> list[dict]:
        """Return what each process tells about its trainings."""
        return self._ask("facts")

    def stop(self) -> None:
        """End the processes at once."""
        for process in self._processes:
            process.kill()
            process.communicate()

    def _ask(self, word: str) -> list[dict]:
        for process in self._processes:
            process.stdin.write(word + "\n")
            process.stdin.flush()
        return [self._answer(process) for process in self._processes]

    def _answer(self, process: subprocess.Popen) -> dict:
        line = process.stdout.readline()
        if not line:
            raise UserError(f"{self._name}: the process ended early; its messages are above")
        return json.loads(line)


def one_shot(module: str, *words: str) -> dict:
    """Run `python -m module words`; return the JSON that it prints last."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UserError(f"{module} {' '.join(words)} failed; its messages are above")
    return json.loads(done.stdout.splitlines()[-1])
