"""A process that holds trainings ready and runs an epoch of each whenever it is told to.

    python -m benchmarks.worker <way> <threads> <workload as JSON> <index of a training>...

Answers with a line of JSON once it is warm, and then every line on its standard input: "train"
trains an epoch, "facts" describes.
"""

import importlib
import itertools
import json
import os
import sys
from collections.abc import Sequence

from benchmarks.memory import peak_megabytes
from benchmarks.workloads import Workload
from lib.system.errors import command

_MODULES = {
    "ours": "benchmarks.ours",
    "notebook": "benchmarks.notebook",
    "torch": "benchmarks.pytorch",
}


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Prepare, train an epoch to warm up, then serve."""
    name, threads, workload, *chosen = words
    # What frameworks print must not come between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    way = importlib.import_module(_MODULES[name])
    settings = Workload(**json.loads(workload)).trainings
    way.start(int(threads), settings[0])
    trainings = [way.prepare(settings[int(index)]) for index in chosen]

    def train() -> dict:
        for training in trainings:
            training.train_epoch()
        return {}

    def facts() -> dict:
        return {
            "examples": sum(training.examples for training in trainings),
            "parameters": trainings[0].parameters,
            "flops": trainings[0].flops,
            "peak_megabytes": peak_megabytes(),
        }

    serves = {"train": train, "facts": facts}
    for line in itertools.chain(["train"], sys.stdin):
        print(json.dumps(serves[line.strip()]()), file=answers, flush=True)


if __name__ == "__main__":
    main()
