"""`python -m benchmarks [workload ...]`: measure everything, or some trainings only."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import OUTPUT, commands, table, training
from benchmarks.processes import cores, interpreter, one_shot
from benchmarks.turns import median_ratio
from benchmarks.workloads import WORKLOADS
from lib.system.environment import hardware, source_commit, versions
from lib.system.errors import UserError, command
from lib.system.files import write_json
from lib.system.paths import display

REPEATS = 5
# Least ratios of the notebook's time to ours.
EXPECTED = {"faces": 3.0, "queries": 30.0}


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Measure, write build/bench.json and print the table."""
    for word in words:
        if word not in WORKLOADS:
            raise UserError(f"unknown workload {word}; known: {', '.join(WORKLOADS)}")
    began = time.perf_counter()
    if interpreter("torch") is None:
        print("PyTorch is left out: not installed (make bench-setup)", file=sys.stderr)
    peak = one_shot("benchmarks.peak", str(cores()))["flops_per_second"]
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
    for name in words or WORKLOADS:
        _say(name)
        bench["trainings"][name] = training.measure(WORKLOADS[name], peak)
        print(table.row(name, *table.cells(bench["trainings"][name])), file=sys.stderr, flush=True)
    if not words:
        _say("data")
        bench["preparation"] = _preparation()
        _say("commands")
        bench["commands"] = {
            name: {"seconds": seconds, "median": statistics.median(seconds)}
            for name, seconds in commands.measure().items()
        }
        bench["seconds"] = time.perf_counter() - began
        write_json(OUTPUT, bench)
        print(display(OUTPUT))
    print("\n".join(table.lines(bench)))


def _preparation() -> dict[str, dict]:
    with tempfile.TemporaryDirectory() as folder:
        pictures = str(Path(folder) / "pictures.zip")
        one_shot("benchmarks.preparation", "write_pictures", pictures)
        return {"faces": _in_turns("faces", pictures), "queries": _in_turns("queries")}


def _in_turns(name: str, *paths: str) -> dict:
    """Measure our way and the notebook's of preparing one kind of data."""
    found: dict[str, list[dict]] = {"ours": [], "notebook": []}
    for _ in range(REPEATS):
        for way, measured in found.items():
            measured.append(one_shot("benchmarks.preparation", f"{way}_{name}", *paths))
    ways = {way: _summary(measured) for way, measured in found.items()}
    ratio = median_ratio(ways["notebook"]["seconds"], ways["ours"]["seconds"])
    expected = {"notebook": EXPECTED[name]}
    return {"ways": ways, "ratios": {"notebook": ratio}, "expected": expected}


def _summary(measured: Sequence[Mapping[str, float]]) -> dict[str, object]:
    seconds = [each["seconds"] for each in measured]
    return {
        "seconds": seconds,
        "median": statistics.median(seconds),
        "peak_megabytes": max(each["peak_megabytes"] for each in measured),
        "megabytes": max(each["peak_megabytes"] - each["imports_megabytes"] for each in measured),
    }


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
