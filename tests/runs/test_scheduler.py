"""Trainings side by side: order, failures and signals, with small programs in their place."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from lib.runs.scheduler import Task, run_all
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY
from tests.workplace import wait_until

# Records when it starts and ends; meanwhile it waits for others, or fails.
PROGRAM = """
import pathlib, sys, time
name, seconds, status = sys.argv[1:]
log = open("log", "a", buffering=1)
log.write(f"start {name}\\n")
time.sleep(float(seconds))
log.write(f"end {name}\\n")
sys.exit(int(status))
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def task(name, needs=(), seconds=0.2, status=0):
    command = [sys.executable, "-c", PROGRAM, name, str(seconds), str(status)]
    return Task(name, command, frozenset(needs))


def events():
    with open("log", encoding="utf-8") as log:
        return [tuple(line.split()) for line in log]


def most_at_once():
    running = most = 0
    for event, _ in events():
        running += 1 if event == "start" else -1
        most = max(most, running)
    return most


@pytest.mark.parametrize(("jobs", "most"), [(1, 1), (3, 3), (100, 5)])
def test_all_are_run_and_as_many_at_once_as_there_are_jobs(jobs, most):
    run_all([task(name, seconds=1 if jobs > 1 else 0.05) for name in "abcde"], jobs)
    assert sorted(events()) == sorted(
        (event, name) for event in ("start", "end") for name in "abcde"
    )
    assert most_at_once() == most


def test_a_task_starts_when_what_it_needs_is_done_and_others_do_not_wait_for_it():
    run_all([task("a", needs="bc"), task("b"), task("c", needs="b"), task("d")], jobs=2)
    happened = events()
    assert happened.index(("end", "b")) < happened.index(("start", "c"))
    assert happened.index(("end", "c")) < happened.index(("start", "a"))
    assert happened.index(("start", "d")) < happened.index(("start", "c"))


def test_after_a_failure_no_other_starts_and_those_in_progress_end():
    tasks = [task("a", status=3), task("b", seconds=1), task("c"), task("d", needs="a")]
    with pytest.raises(UserError, match=r"^a failed, see above; 2 more not started; "):
        run_all(tasks, jobs=2)
    assert ("end", "b") in events()
    assert {name for _, name in events()} == {"a", "b"}


def test_to_keep_going_all_are_run_but_those_that_need_what_failed():
    tasks = [task("a", status=3), task("b", needs="a"), task("c", status=1), task("d")]
    with pytest.raises(UserError, match=r"^a, c failed, see above; 1 more not started; "):
        run_all(tasks, jobs=1, keep_going=True)
    assert {name for _, name in events()} == {"a", "c", "d"}


def test_start_and_end_of_each_are_one_line(capfd):
    with pytest.raises(UserError):
        run_all([task("a"), task("b", status=3)], jobs=1)
    expected = [
        "a: training 1 of 2 started",
        r"a: training 1 of 2 done in 0:00:\d\d",
        "b: training 2 of 2 started",
        r"b: training 2 of 2 failed with status 3 after 0:00:\d\d",
    ]
    lines = capfd.readouterr().err.splitlines()
    for line, pattern in zip(lines, expected, strict=True):
        assert re.fullmatch(rf"\d\d:\d\d:\d\d {pattern}", line)


def test_nothing_is_said_of_nothing(capfd):
    run_all([], jobs=2)
    assert capfd.readouterr() == ("", "")


# A training that needs a while to save, and notes each signal.
SAVING = """
import signal, sys, time
def save(number, _):
    time.sleep(0.5)
    open(f"saved-{sys.argv[1]}", "a").write(f"{number}\\n")
    sys.exit(128 + number)
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(each, save)
open(f"ready-{sys.argv[1]}", "w")
time.sleep(60)
"""


def start(commands):
    """Start a scheduler of these commands, two at once, as a process."""
    program = (
        "import json, sys; from lib.runs.scheduler import Task, run_all;"
        "run_all([Task(c[-1], c) for c in json.loads(sys.argv[1])], jobs=2)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, json.dumps(commands)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=_as_in_a_terminal,
    )


def _as_in_a_terminal():
    """Stop ignoring what nohup and background jobs ignore: the scheduler would, too."""
    for each in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(each, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("number", "forwarded"),
    [
        (signal.SIGINT, signal.SIGINT),
        (signal.SIGTERM, signal.SIGTERM),
        (signal.SIGHUP, signal.SIGTERM),
        (signal.SIGQUIT, signal.SIGTERM),
    ],
)
def test_a_signal_reaches_each_once_and_all_can_save(tmp_path, number, forwarded):
    scheduler = start([[sys.executable, "-c", SAVING, name] for name in "abc"])
    wait_until(lambda: all((tmp_path / f"ready-{name}").exists() for name in "ab"), scheduler, 0.02)
    os.killpg(scheduler.pid, number)  # as a terminal does with Ctrl-C
    time.sleep(0.1)
    os.killpg(scheduler.pid, signal.SIGHUP)  # as a terminal does that closes then
    output = scheduler.communicate(timeout=60)[1]
    assert scheduler.returncode == 128 + number
    for name in "ab":
        assert (tmp_path / f"saved-{name}").read_text() == f"{forwarded.value}\n"
    assert output.count(" stopped after ") == 2
    assert not (tmp_path / "ready-c").exists()


def is_paused(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "T"


def test_a_pause_reaches_each_and_they_continue_together(tmp_path):
    waiting = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(2)"
    scheduler = start([[sys.executable, "-c", waiting]])
    wait_until(
        lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(), scheduler, 0.02
    )
    child = int((tmp_path / "pid").read_text())
    os.kill(scheduler.pid, signal.SIGTSTP)
    wait_until(lambda: is_paused(scheduler.pid) and is_paused(child), scheduler, 0.02)
    os.kill(scheduler.pid, signal.SIGCONT)
    output = scheduler.communicate(timeout=60)[1]
    assert scheduler.returncode == 0
    assert " done in " in output
