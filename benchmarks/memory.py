"""How much memory a process has taken."""

import re
import resource
from pathlib import Path


def peak_megabytes() -> float:
    """Return the most memory that this process has had resident, in MB (10^6 bytes).

    From the kernel's record of this program alone: what `getrusage` returns includes, for a child,
    the memory of the parent that it was forked from.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024 / 1e6


def peak_megabytes_of_children() -> float:
    """Return the most that any child that has ended had resident, in MB (10^6 bytes).

    A child counts as at least as large as this process was when it started it.
    """
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
