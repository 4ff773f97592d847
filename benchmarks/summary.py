"""Statistics of the measurements: medians, ratios, memory."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.workloads import Workload


def training(
    workload: Workload,
    seconds: Mapping[str, Sequence[float]],
    facts: Mapping[str, Sequence[Mapping]],
    matmul_peak: float,
) -> dict:
    """Return the speed and memory of each implementation, and the ratios of this project's speed.

    `seconds` holds the duration of each measured epoch, `facts` what each process of an
    implementation reports, `matmul_peak` the machine's floating-point operations per second in
    matrix multiplication.
    """
    implementations = {}
    for name, processes in facts.items():
        examples = sum(process["examples"] for process in processes)
        per_second = [examples / each for each in seconds[name]]
        implementations[name] = {
            "examples_per_second": per_second,
            "median": statistics.median(per_second),
            "peak_megabytes": sum(process["peak_megabytes"] for process in processes),
            "parameters": processes[0]["parameters"],
            "processes": len(processes),
        }
    rates = {name: found["examples_per_second"] for name, found in implementations.items()}
    flops = facts["project"][0]["flops"]
    return {
        "implementations": implementations,
        "ratios": {
            name: median_ratio(rates["project"], rates[name])
            for name in implementations
            if name != "project"
        },
        "minimum_ratios": dict(workload.minimum_ratios),
        "flops_per_example": flops,
        "fraction_of_peak": flops * implementations["project"]["median"] / matmul_peak,
    }


def preparation(
    measurements: Mapping[str, Sequence[Mapping[str, float]]], minimum_ratio: float
) -> dict:
    """Return the time and memory of this project and of the baseline, and the ratio of the times.

    `measurements` holds, for "project" and "baseline", what each process reports.
    """
    implementations = {}
    for name, processes in measurements.items():
        seconds = [process["seconds"] for process in processes]
        implementations[name] = {
            "seconds": seconds,
            "median": statistics.median(seconds),
            "peak_megabytes": max(process["peak_megabytes"] for process in processes),
            "megabytes": max(
                process["peak_megabytes"] - process["imports_megabytes"] for process in processes
            ),
        }
    seconds = {name: found["seconds"] for name, found in implementations.items()}
    return {
        "implementations": implementations,
        "ratios": {"baseline": median_ratio(seconds["baseline"], seconds["project"])},
        "minimum_ratios": {"baseline": minimum_ratio},
    }


def median_ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """Return the median over the rounds of the ratio of two measurements of the same round.

    A slowdown of the machine that outlasts a round affects both sides of that round's ratio.
    """
    pairs = zip(numerators, denominators, strict=True)
    return statistics.median(numerator / denominator for numerator, denominator in pairs)
