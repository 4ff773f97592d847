"""Accepts runs of earlier code: proves that the current code gives the same bits, and records it.

"Edit the code of a model" in docs/architecture.md shows the commands. The runs of both have to be
trained on one kind of processor. Runs of any profile by the earlier code then count as current,
recorded ones included.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lib.config import make
from lib.config.request import Planned, parse, planned
from lib.runs import code, directories
from lib.system import files, paths
from lib.system.errors import UserError, command

_RESULTS = {"training": ("weights_sha256",), "evaluation": ("metrics", "weights_sha256")}


def accept(runs: Sequence[Planned], before: Path) -> dict[str, list[str]]:
    """Return what `lib.runs.code.proven` shall return from now on.

    `before` is the work folder of the earlier code. Raises UserError if a run is missing there or
    here, was not made by the current code here, or has other weights or metrics there.
    """
    equal = {now: set(earlier) for now, earlier in code.proven().items()}
    for run in runs:
        for now, earlier in _pairs(run, before):
            if now != earlier:
                equal.setdefault(now, set()).update({earlier}, code.proven().get(earlier, ()))
    return {now: sorted(earlier - {now}) for now, earlier in sorted(equal.items())}


def _pairs(run: Planned, before: Path) -> Iterator[tuple[str, str]]:
    """Yield the fingerprints of current and earlier code that made equal results of a run."""
    folders = run.key.path, before / run.key.path.relative_to(paths.WORK)
    (now, result), (earlier, result_before) = map(_read, folders)
    current = code.code_of(run.settings)
    if now != current:
        raise UserError(f"{folders[0]} was not trained by the current code; train it again")
    for part, names in _RESULTS.items():
        # As text, in which equal values that are not numbers are equal, too.
        different = [name for name in names if _text(result, name) != _text(result_before, name)]
        if different:
            raise UserError(
                f"{run.key}: {' and '.join(different)} differ between {folders[0]} and "
                f"{folders[1]}, so the code is not equal; nothing is accepted"
            )
        yield code.fingerprint(current[part]), code.fingerprint(earlier[part])


def _text(result: dict, name: str) -> str:
    return json.dumps(result.get(name), sort_keys=True)


def _read(folder: Path) -> tuple[dict, dict]:
    try:
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        return directories.read_config(folder)["spec"]["code"], result
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UserError(f"{folder} holds no finished run with its code: {error}") from error


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Compare all requested runs in BEFORE=<folder> and here; write `equal_code.json`."""
    arguments = [*make.arguments(), *arguments]
    given = [each.removeprefix("BEFORE=") for each in arguments if each.startswith("BEFORE=")]
    if not given:
        raise UserError("name the work folder of the earlier code: make accept BEFORE=<folder>")
    runs = planned(parse([each for each in arguments if not each.startswith("BEFORE=")]))
    files.write_json(code.EQUAL, accept(runs, Path(os.path.expanduser(given[-1]))))
    print(f"{len(runs)} runs are equal; see {paths.display(code.EQUAL)}")


if __name__ == "__main__":
    main()
