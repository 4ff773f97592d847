"""Processors, peak memory, and functions that run in processes of their own."""

import multiprocessing
import os
import re
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from lib.system.errors import UserError

Result = TypeVar("Result")


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


def in_own_process(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function of a module in a new process, and return its result.

    Raises what the function raises, and UserError if the process ends early.
    """
    spawn = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as pool:
            return pool.submit(function, *arguments).result()
    except BrokenProcessPool:
        raise UserError(
            f"{function.__name__}: the process ended early; its messages are above"
        ) from None
