"""A process that holds trainings ready and trains an epoch of each on request.

    python -m benchmarks.training_worker <implementation> <threads> <workload as JSON> <index>...

The indices choose trainings of the workload. The process answers with a line of JSON after the
first epoch, which warms it up, and after every line on its standard input: "train" trains an epoch,
"facts" describes the trainings. It ends with its input.
"""

import importlib
import itertools
import json
import os
import sys
from collections.abc import Sequence

from benchmarks.processes import peak_megabytes
from benchmarks.workloads import Workload
from lib.system.errors import command


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Prepare the trainings, train an epoch to warm up, then answer requests."""
    name, threads, workload, *indices = arguments
    # What frameworks print must not mix with the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    implementation = importlib.import_module(f"benchmarks.implementations.{name}")
    settings = Workload(**json.loads(workload)).settings
    if name == "project":  # the others keep all defaults
        implementation.start(int(threads), settings[0])
    trainings = [implementation.prepare(settings[int(index)]) for index in indices]

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

    requests = {"train": train, "facts": facts}
    for line in itertools.chain(["train"], sys.stdin):
        print(json.dumps(requests[line.strip()]()), file=answers, flush=True)


if __name__ == "__main__":
    main()
