"""Processors, peak memory, and modules that run in processes of their own."""

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

from lib.system.errors import UserError
from lib.system.paths import REPOSITORY


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def peak_megabytes() -> float:
    """Return the peak resident memory of this process, in MB (10^6 bytes).

    It comes from the kernel's record of the program that runs now. `getrusage` is no substitute: in
    a child it includes the memory of the parent that was forked.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024 / 1e6


def peak_megabytes_of_children() -> float:
    """Return the largest peak resident memory of the children that have ended, in MB (10^6 bytes).

    A child counts as at least as large as this process was when it started the child.
    """
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6


def run_module(module: str, *arguments: str) -> dict:
    """Run `python -m <module> <arguments>` to its end; return the JSON of its last line.

    Raises UserError if it fails.
    """
    finished = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise UserError(f"{module} {' '.join(arguments)} failed; its messages are above")
    return json.loads(finished.stdout.splitlines()[-1])
