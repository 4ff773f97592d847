"""`python -m benchmarks [workload ...]`: measure everything, or only some trainings."""

import os
import sys
import time
from collections.abc import Sequence

from benchmarks import (
    OUTPUT,
    command_time,
    data_preparation,
    matmul_peak,
    table,
    training_speed,
)
from benchmarks.implementations import interpreter
from benchmarks.processes import cores
from benchmarks.workloads import WORKLOADS
from lib.config.suggestions import unknown
from lib.system.environment import hardware, source_commit, versions
from lib.system.errors import command
from lib.system.files import write_json
from lib.system.paths import display


@command
def main(names: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Measure, write build/bench.json unless only some workloads are named, and print the table.

    Raises UserError if a name is not one of a workload.
    """
    for name in names:
        if name not in WORKLOADS:
            raise unknown("workload", name, WORKLOADS)
    began = time.perf_counter()
    if interpreter("pytorch") is None:
        print(
            "PyTorch is not installed and will not be measured; run: make bench-setup",
            file=sys.stderr,
        )
    peak = matmul_peak.measure(cores())
    bench = {
        "hardware": hardware(),
        "versions": versions(),
        "commit": source_commit(),
        "threads": cores(),
        "load_at_start": os.getloadavg()[0],
        "matmul_flops_per_second": peak,
        "trainings": {},
        "preparation": {},
        "commands": {},
    }
    for name in names or WORKLOADS:
        _announce(name)
        training = training_speed.measure(WORKLOADS[name], peak)
        bench["trainings"][name] = training
        print(table.line(name, *table.cells(training)), file=sys.stderr, flush=True)
    if not names:
        _announce("data preparation")
        bench["preparation"] = data_preparation.measure()
        _announce("commands")
        bench["commands"] = command_time.measure()
        bench["seconds"] = time.perf_counter() - began
        write_json(OUTPUT, bench)
        print(display(OUTPUT))
    print("\n".join(table.lines(bench)))


def _announce(step: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
