"""The machines and versions that the runs come from, and how fast this machine trains."""

import collections
import json
from collections.abc import Iterable, Sequence

import benchmarks
from benchmarks import table
from lib.runs.directories import Run
from lib.system.errors import UserError
from lib.system.paths import display
from report.wording import facts_in_words, short_commit


def environments(groups: Iterable[Sequence[Run]]) -> dict[tuple[str, str, bool, str], int]:
    """Return how many runs have each combination of versions, machine, resumption and commit."""
    return collections.Counter(
        (
            facts_in_words(config["versions"]),
            facts_in_words(config["hardware"]),
            "continued_with" in config,
            short_commit(config["commit"]),
        )
        for config in (run.config for group in groups for run in group)
    )


def speed() -> dict[str, object] | None:
    """Return the result of `make bench`: a table row for each training, and its conditions.

    None if it was not run. Raises UserError if its file cannot be read.
    """
    try:
        bench = json.loads(benchmarks.OUTPUT.read_text(encoding="utf-8"))
        rows = [[name, *table.cells(each)] for name, each in bench["trainings"].items()]
        commit = short_commit(bench["commit"]) or "unknown"
        conditions = f"{bench['hardware']['cpu']}, {bench['threads']} cores, commit {commit}"
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{display(benchmarks.OUTPUT)} cannot be read; remove it or run: make bench"
        ) from error
    return {"rows": rows, "conditions": conditions}
