"""Measurements with known statistics."""

from benchmarks import summary
from benchmarks.workloads import WORKLOADS


def facts(examples=100, peak_megabytes=500.0):
    """Return what a worker process reports."""
    return {
        "examples": examples,
        "parameters": 1,
        "peak_megabytes": peak_megabytes,
    }


def summarised(**seconds):
    """Return the summary of epochs of 100 examples that took so many seconds."""
    processes = {name: [facts()] for name in seconds}
    return summary.training(WORKLOADS["text2text"], seconds, processes)
