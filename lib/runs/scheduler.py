"""Runs trainings side by side, each as a process, and before each those that it needs."""

import contextlib
import dataclasses
import datetime
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence, Set

from lib.runs.processes import Children
from lib.system.errors import UserError


@dataclasses.dataclass(frozen=True)
class Task:
    """A command, and the names of the tasks that must be done before it starts."""

    name: str
    command: Sequence[str]
    needs: Set[str] = frozenset()


def run_all(tasks: Sequence[Task], jobs: int, keep_going: bool = False) -> None:
    """Run all `tasks`, at most `jobs` at a time, and log when each starts and ends.

    After a failure no further task starts, or, to `keep_going`, only those that do not need what
    failed; tasks in progress end by themselves. Raises UserError, naming what failed, at the end.
    Signals are forwarded to the tasks; raises SystemExit when all have ended.
    """
    if tasks:
        _Schedule(tasks, jobs, keep_going).run()


class _Schedule:
    def __init__(self, tasks: Sequence[Task], jobs: int, keep_going: bool) -> None:
        self.jobs, self.keep_going = jobs, keep_going
        self.titles = {
            task.name: f"{task.name}: training {k} of {len(tasks)}"
            for k, task in enumerate(tasks, 1)
        }
        self.waiting = list(tasks)
        self.children = Children()
        self.running: dict[str, float] = {}  # when each began, by its name
        self.done: set[str] = set()
        self.failed: list[str] = []
        self.ended: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
        # Progress bars of several trainings would overwrite each other on a terminal: behind a
        # pipe, they write whole lines only.
        self.in_lines = min(jobs, len(tasks)) > 1 and sys.stderr.isatty()

    def run(self) -> None:
        with self.children.forwarding():
            self._start_ready()
            while self.running:
                self._finish(*self.ended.get())
                self._start_ready()
        if self.failed:
            raise UserError(self._summary())

    def _start_ready(self) -> None:
        ready = [task for task in self.waiting if task.needs <= self.done]
        for task in ready[: max(0, self.jobs - len(self.running))]:
            if not self.children.received and (self.keep_going or not self.failed):
                self.waiting.remove(task)
                self._start(task)

    def _start(self, task: Task) -> None:
        self._log(task.name, "started")
        self.running[task.name] = time.monotonic()
        child = self.children.start(task.command, stderr=subprocess.PIPE if self.in_lines else None)
        threading.Thread(target=self._watch, args=(task.name, child), daemon=True).start()

    def _watch(self, name: str, child: subprocess.Popen) -> None:
        for line in child.stderr or ():
            _write(line)
        self.ended.put((name, self.children.wait(child)))

    def _finish(self, name: str, status: int) -> None:
        seconds = round(time.monotonic() - self.running.pop(name))
        took = str(datetime.timedelta(seconds=seconds))
        if status == 0:
            self.done.add(name)
            self._log(name, f"done in {took}")
        elif self.children.received:
            self._log(name, f"stopped after {took}")
        else:
            self.failed.append(name)
            how = f"with status {status}" if status > 0 else f"by signal {-status}"
            self._log(name, f"failed {how} after {took}")

    def _summary(self) -> str:
        left = len(self.waiting)
        not_started = f"; {left} more not started" if left else ""
        return (
            f"{', '.join(self.failed)} failed, see above{not_started}; "
            "the same command continues with what is not done"
        )

    def _log(self, name: str, event: str) -> None:
        _write(f"{time.strftime('%H:%M:%S')} {self.titles[name]} {event}\n".encode())


def _write(line: bytes) -> None:
    with contextlib.suppress(OSError):  # if the terminal was closed, the trainings still end
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
