"""The negative control of `verify_resume`: shuffles whose random numbers depend on earlier epochs.

`python -m tests.verify_unkeyed experiments.<name> [NAME=VALUE ...]` samples every epoch's order
from one generator that lives as long as the process.
"""

import runpy
import sys

from lib.system import randomness

_keyed = randomness.generator
_kept = {}


def unkeyed(seed, purpose, *place):
    """Return the process's one generator for a purpose, whatever the place."""
    if not place:
        return _keyed(seed, purpose)
    return _kept.setdefault((seed, purpose), _keyed(seed, purpose))


if __name__ == "__main__":
    # Must precede the experiment's imports, which bind the function.
    randomness.generator = unkeyed
    runpy.run_module(sys.argv.pop(1), run_name="__main__")
