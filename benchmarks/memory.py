"""How much memory a process has taken."""

import re
from pathlib import Path


def peak_megabytes() -> float:
    """Return the most memory that this process has had resident, in MB (10^6 bytes).

    From the kernel's record of this program alone: what `getrusage` returns includes, for a child,
    the memory of the parent that it was forked from.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024 / 1e6
