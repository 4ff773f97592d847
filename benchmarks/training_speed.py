"""Measure trainings: all implementations in turn, so that a slow machine slows each of them."""

import contextlib
import dataclasses
import json
import subprocess
import time
from collections.abc import Sequence

from benchmarks import summary
from benchmarks.implementations import IMPLEMENTATIONS, interpreter
from benchmarks.processes import cores
from benchmarks.workloads import Workload
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY

ROUNDS = 11
ROUNDS_OF_A_SWEEP = 5  # each takes as long as several trainings


def measure(workload: Workload, matmul_peak: float, rounds: int | None = None) -> dict:
    """Return the summary of some epochs of each implementation that is installed.

    Raises UserError if one of their processes ends early.
    """
    rounds = rounds or (ROUNDS_OF_A_SWEEP if workload.is_sweep else ROUNDS)
    names = [name for name in IMPLEMENTATIONS if interpreter(name)]
    seconds: dict[str, list[float]] = {name: [] for name in names}
    with contextlib.ExitStack() as started:
        groups = {
            name: started.enter_context(contextlib.closing(WorkerGroup(name, workload)))
            for name in names
        }
        for group in groups.values():
            group.wait_until_warm()
        for _ in range(rounds):
            for name, group in groups.items():
                seconds[name].append(group.train())
        facts = {name: group.facts() for name, group in groups.items()}
    return summary.training(workload, seconds, facts, matmul_peak)


def worker_command(
    implementation: str, workload: Workload, threads: int, indices: Sequence[int]
) -> list[str]:
    """Return the command that starts a worker for the trainings `indices` of `workload`."""
    return [
        *(interpreter(implementation), "-m", "benchmarks.training_worker", implementation),
        *(str(threads), json.dumps(dataclasses.asdict(workload)), *map(str, indices)),
    ]


def assign_jobs(sizes: Sequence[float], workers: int) -> list[list[int]]:
    """Return the jobs of each worker if a free worker takes the next job, as `make` does.

    `sizes` are the jobs' durations in any unit. Workers without a job are left out.
    """
    assigned: list[list[int]] = [[] for _ in range(workers)]
    busy_until = [0.0] * workers
    for job, size in enumerate(sizes):
        free = busy_until.index(min(busy_until))
        assigned[free].append(job)
        busy_until[free] += size
    return [jobs for jobs in assigned if jobs]


class WorkerGroup:
    """The worker processes, one or several side by side, of one implementation of a workload."""

    def __init__(self, implementation: str, workload: Workload) -> None:
        settings = workload.settings
        jobs, threads = [list(range(len(settings)))], cores()
        if implementation == "project" and workload.is_sweep:
            jobs, threads = assign_jobs([each.train_fraction for each in settings], threads), 1
        self._name = f"{workload.name}, {implementation}"
        self._processes = [
            subprocess.Popen(
                worker_command(implementation, workload, threads, indices),
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for indices in jobs
        ]

    def wait_until_warm(self) -> None:
        """Wait for the first answer, which follows an epoch that is not measured."""
        for process in self._processes:
            self._answer(process)

    def train(self) -> float:
        """Train an epoch of everything; return the seconds that it took."""
        began = time.perf_counter()
        self._request("train")
        return time.perf_counter() - began

    def facts(self) -> list[dict]:
        """Return what each process reports about its trainings."""
        return self._request("facts")

    def close(self) -> None:
        """End the processes at once."""
        for process in self._processes:
            process.kill()
            process.communicate()

    def _request(self, request: str) -> list[dict]:
        for process in self._processes:
            process.stdin.write(request + "\n")
            process.stdin.flush()
        return [self._answer(process) for process in self._processes]

    def _answer(self, process: subprocess.Popen) -> dict:
        line = process.stdout.readline()
        if not line:
            raise UserError(f"{self._name}: the process ended early; its messages are above")
        return json.loads(line)
