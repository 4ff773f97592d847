"""The negative control of `verify_resume`: an experiment whose shuffles have no key for the epoch.

`python -m tests.verify_unkeyed experiments.<name> [NAME=VALUE ...]` draws every epoch's order from
one generator that lives as long as the process.
"""

import runpy
import sys

from lib.system import randomness

_keyed = randomness.generator
_kept = {}


def unkeyed(seed, purpose, *place):
    """Return one generator for a purpose, whatever the place, made anew by each process."""
    if not place:
        return _keyed(seed, purpose)
    return _kept.setdefault((seed, purpose), _keyed(seed, purpose))


if __name__ == "__main__":
    # Before the experiment imports what draws.
    randomness.generator = unkeyed
    runpy.run_module(sys.argv.pop(1), run_name="__main__")
