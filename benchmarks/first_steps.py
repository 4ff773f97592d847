"""`python -m benchmarks.first_steps <workload>`: train on next to nothing, as a fresh process."""

import sys

from benchmarks import ours
from benchmarks.workloads import FEW, WORKLOADS
from lib.config.base import replaced


def main() -> None:
    """Train one epoch of a few steps, with one thread."""
    [name] = sys.argv[1:]
    settings = replaced(WORKLOADS[name].trainings[0], FEW[name])
    ours.start(1, settings)
    ours.prepare(settings).train_epoch()


if __name__ == "__main__":
    main()
