"""The measurements as text."""

from collections.abc import Iterator, Mapping

from benchmarks.workloads import WAYS

HEAD = ("", *WAYS, "by notebook", "by torch", "of peak", "peak MB")
SLOW = " !"


def lines(bench: Mapping) -> Iterator[str]:
    """Yield the lines of the table of what `python -m benchmarks` measured."""
    yield "Training: examples per second, ratios of ours to the others, share of the matmul peak"
    yield row(*HEAD)
    for name, training in bench["trainings"].items():
        yield row(name, *cells(training))
    yield "Data: seconds, ours and the notebook's way; ratio; MB of each beyond its libraries"
    for name, task in bench["preparation"].items():
        ways = [task["ways"][way] for way in ("ours", "notebook")]
        seconds = [f"{way['median']:,.2f}" for way in ways]
        memory = [f"{way['megabytes']:,.0f}" for way in ways]
        yield row(name, *seconds, "", ratio(task, "notebook"), "", *memory)
    yield "Commands: seconds"
    for name, command in bench["commands"].items():
        yield row(name, f"{command['median']:.2f}")
    yield "An exclamation mark: slower than expected"


def cells(training: Mapping) -> list[str]:
    """Return what the table shows of a training: a text for each of HEAD but the first."""
    ways, share = training["ways"], training["share_of_peak"]
    rates = [f"{ways[way]['median']:,.0f}" if way in ways else "" for way in WAYS]
    ratios = [ratio(training, way) for way in WAYS[1:]]
    memory = f"{ways['ours']['peak_megabytes']:,.0f}"
    return [*rates, *ratios, f"{share:.0%}" if share else "", memory]


def ratio(measured: Mapping, way: str) -> str:
    """Return how many times as fast as another way ours is, marked where more was expected."""
    found = measured["ratios"].get(way)
    if found is None:
        return ""
    return f"{found:.2f}" + (SLOW if found < measured["expected"].get(way, 0) else "")


def row(name: str, *texts: str) -> str:
    """Return a line of the table: a name and the texts of its columns."""
    return (f"  {name:<30}" + "".join(f"{text:>13}" for text in texts)).rstrip()
