"""Measure trainings: all three ways in turns, so that whatever slows the machine slows each."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.processes import Workers, interpreter
from benchmarks.turns import median_ratio
from benchmarks.workloads import WAYS, Workload

TURNS = 11
TURNS_OF_A_SWEEP = 5  # each is several trainings long


def measure(workload: Workload, peak: float, turns: int | None = None) -> dict:
    """Return what `summary` does of some epochs of each way that is installed.

    Raises UserError where a process of one ends early.
    """
    turns = turns or (TURNS_OF_A_SWEEP if workload.is_sweep else TURNS)
    ways = [way for way in WAYS if interpreter(way)]
    workers: dict[str, Workers] = {}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    try:
        for way in ways:
            workers[way] = Workers(way, workload)
        for way in ways:
            workers[way].wait_until_warm()
        for _ in range(turns):
            for way in ways:
                seconds[way].append(workers[way].train())
        facts = {way: workers[way].facts() for way in ways}
    finally:
        for each in workers.values():
            each.stop()
    return summary(workload, seconds, facts, peak)


def summary(
    workload: Workload,
    seconds: Mapping[str, Sequence[float]],
    facts: Mapping[str, Sequence[Mapping]],
    peak: float,
) -> dict:
    """Return examples per second and memory of each way, ratios of ours to the others, and shares.

    `seconds` holds those of each epoch, `facts` what each process of a way tells, `peak` the
    machine's floating-point operations per second in products of matrices.
    """
    ways = {}
    for way, told in facts.items():
        examples = sum(process["examples"] for process in told)
        per_second = [examples / each for each in seconds[way]]
        ways[way] = {
            "examples_per_second": per_second,
            "median": statistics.median(per_second),
            "peak_megabytes": sum(process["peak_megabytes"] for process in told),
            "parameters": told[0]["parameters"],
            "processes": len(told),
        }
    rates = {way: measured["examples_per_second"] for way, measured in ways.items()}
    flops = facts["ours"][0]["flops"]
    return {
        "ways": ways,
        "ratios": {way: median_ratio(rates["ours"], rates[way]) for way in ways if way != "ours"},
        "expected": dict(workload.expected),
        "flops_per_example": flops,
        "share_of_peak": flops * ways["ours"]["median"] / peak,
    }
