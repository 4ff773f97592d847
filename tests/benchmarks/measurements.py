"""Measurements with known statistics."""

from benchmarks import summary
from benchmarks.workloads import WORKLOADS


def facts(examples=100, peak_megabytes=500.0):
    """Return what a worker process reports."""
    return {
        "examples": examples,
        "parameters": 1,
        "flops": 10,
        "peak_megabytes": peak_megabytes,
    }


def summarised(**seconds):
    """Return the summary of epochs of 100 examples that took so many seconds."""
    return summary.training(
        WORKLOADS["text2text"], seconds, {name: [facts()] for name in seconds}, matmul_peak=4_000.0
    )
