"""What the Make that started this program was given: settings, and the options -j and -k.

GNU Make exports the variables of its command line to the environment, and lists them behind its own
options in MAKEFLAGS, as in `k -j4 -- SEEDS=0\\ 1 PROFILE=smoke`.
"""

import os
import re

from lib.config.request import OPTIONS
from lib.system.errors import UserError


def arguments() -> list[str]:
    """Return the settings given to Make as NAME=VALUE arguments, none without Make.

    Options count without being on the command line, too, if the environment has them.
    """
    if "MAKEFLAGS" not in os.environ:
        return []
    _, variables = _flags()
    names = {re.split(r"[:+?!]*=", each, maxsplit=1)[0] for each in variables}
    names |= OPTIONS.keys() & os.environ.keys()
    return [
        f"{name}={os.environ.get(name, '')}"
        for name in sorted(names)
        if not name.startswith("MAKE")
    ]


def jobs() -> int:
    """Return how many trainings may run at once: by `make -j`, else by JOBS, else one per core.

    Raises UserError if JOBS is not a whole number from 1.
    """
    options, _ = _flags()
    by_option = [option[2:] for option in options if re.fullmatch(r"-j\d*", option)]
    if by_option:
        return int(by_option[-1] or 2**31)
    value = os.environ.get("JOBS") or str(os.cpu_count())
    if not re.fullmatch("[1-9][0-9]{0,8}", value):
        raise UserError(f"JOBS={value}: expected a whole number from 1")
    return int(value)


def keeps_going() -> bool:
    """Return whether `make -k` asks to continue with other trainings after one has failed."""
    options, _ = _flags()
    return bool(options) and not options[0].startswith("-") and "k" in options[0]


def _flags() -> tuple[list[str], list[str]]:
    """Return the options and the variables in MAKEFLAGS, where a backslash escapes a space."""
    flags = re.findall(r"(?:\\.|[^\s\\])+", os.environ.get("MAKEFLAGS", ""), re.DOTALL)
    end = flags.index("--") if "--" in flags else len(flags)
    return flags[:end], flags[end + 1 :]
