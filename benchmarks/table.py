"""The summary of the measurements as text."""

from collections.abc import Iterator, Mapping

from benchmarks.implementations import IMPLEMENTATIONS

OTHERS = IMPLEMENTATIONS[1:]
HEAD = ("", *IMPLEMENTATIONS, *(f"by {name}" for name in OTHERS), "of peak", "peak MB")
TOO_SLOW = " !"


def lines(bench: Mapping) -> Iterator[str]:
    """Yield the lines of the table of what `python -m benchmarks` measured."""
    yield "Training: examples per second, this project's speed by the others', fraction of the peak"
    yield line(*HEAD)
    for name, training in bench["trainings"].items():
        yield line(name, *cells(training))
    yield "Data: seconds of this project and the baseline, ratio, MB of each beyond its libraries"
    for name, task in bench["preparation"].items():
        measured = [task["implementations"][each] for each in ("project", "baseline")]
        seconds = [f"{each['median']:,.2f}" for each in measured]
        memory = [f"{each['megabytes']:,.0f}" for each in measured]
        yield line(name, *seconds, "", ratio(task, "baseline"), "", *memory)
    yield "Commands: seconds"
    for name, command in bench["commands"].items():
        yield line(name, f"{command['median']:.2f}")
    yield "An exclamation mark: slower than expected"


def cells(training: Mapping) -> list[str]:
    """Return the cells of a training: a text for each column of HEAD except the first."""
    measured, fraction = training["implementations"], training["fraction_of_peak"]
    rates = [
        f"{measured[name]['median']:,.0f}" if name in measured else "" for name in IMPLEMENTATIONS
    ]
    ratios = [ratio(training, name) for name in OTHERS]
    memory = f"{measured['project']['peak_megabytes']:,.0f}"
    return [*rates, *ratios, f"{fraction:.0%}" if fraction else "", memory]


def ratio(measured: Mapping, other: str) -> str:
    """Return this project's speed by that of `other`; marked if below the expected minimum."""
    found = measured["ratios"].get(other)
    if found is None:
        return ""
    return f"{found:.2f}" + (TOO_SLOW if found < measured["minimum_ratios"].get(other, 0) else "")


def line(name: str, *texts: str) -> str:
    """Return a line of the table: a name and the texts of its columns."""
    return (f"  {name:<30}" + "".join(f"{text:>13}" for text in texts)).rstrip()
