"""Which of the runs that are asked for are done, and which are to be made. No TensorFlow here."""

import dataclasses
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.config import request
from lib.data import provenance
from lib.runs import directories
from lib.system import paths
from lib.system.errors import UserError, command

_DATA_FACTS = ("name", "synthetic", "fingerprint")


def data_used(planned: request.Planned) -> dict[str, dict]:
    """Return the prepared data that a run reads: name, whether a stand-in, fingerprint.

    Raises UserError where `make data` has yet to prepare it.
    """
    used = {}
    for name in planned.settings.uses:
        record = provenance.read(paths.DATA / name)
        if record is None or not set(_DATA_FACTS) <= record.keys():
            raise UserError(f"{paths.display(paths.DATA / name)} is not prepared; run: make data")
        used[name] = {key: record[key] for key in _DATA_FACTS}
    return used


def spec(planned: request.Planned, threads: int) -> dict:
    """Return what a user chose that decides a run's numbers, and the version of the model's code.

    A run fits if this is equal. The machine and the versions of packages decide the numbers too;
    those are recorded beside.

    Of each run that it needs this has the digest of the weights, None while that is not done.
    """
    needed = needed_digests(planned, threads)
    return {
        **dataclasses.asdict(planned.key),
        "model_version": planned.settings.model_version,
        "settings": dataclasses.asdict(planned.settings),
        "data": data_used(planned),
        "threads": threads,
        **({"needs": needed} if needed else {}),
    }


def needed_digests(planned: request.Planned, threads: int) -> dict[str, str | None]:
    """Return the digest of the weights of each run that a run needs, None where it is not done."""
    return {str(each.key): _weights_digest(each, threads) for each in planned.needs}


def _weights_digest(needed: request.Planned, threads: int) -> str | None:
    if not is_done(needed, threads):
        return None
    return directories.load(needed.key).result["weights_sha256"]


def fits(folder: Path, wanted: dict) -> bool:
    """Tell whether the run directory `folder` was made, or begun, for the spec `wanted`."""
    try:
        config = directories.read_config(folder)
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(config, dict) and config.get("spec") == wanted


def made_for(folder: Path, wanted: dict) -> str:
    """Say what a run directory was made, or begun, for: "epochs 3, not 2" where 2 are wanted."""
    try:
        made = _facts(directories.read_config(folder)["spec"])
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        made = {}
    if not made:
        return "what its config.json does not tell"
    asked = _facts(wanted)
    return "; ".join(
        f"{name} {_word(made.get(name))}, not {_word(asked.get(name))}"
        for name in {**asked, **made}
        if made.get(name) != asked.get(name)
    )


def _facts(spec: dict) -> dict:
    facts = {}
    for name, value in spec.items():
        facts.update(value if isinstance(value, dict) else {name: value})
    return facts


def _word(fact: object) -> str:
    """Put a setting, the facts of prepared data, a digest or the lack of it into a word."""
    if fact is None:
        return "none"
    if isinstance(fact, dict):
        return f"{fact.get('name')} ({str(fact.get('fingerprint'))[:8]})"
    return fact[:8] if isinstance(fact, str) and len(fact) == 64 else str(fact)


def is_done(planned: request.Planned, threads: int) -> bool:
    """Tell whether the run, and each that it needs, is finished and made for what is asked for."""
    folder = planned.key.path
    if not (folder / "result.json").exists():
        return False
    wanted = spec(planned, threads)
    return None not in wanted.get("needs", {}).values() and fits(folder, wanted)


def load_runs(asked: request.Request) -> dict[tuple[str, str], list[directories.Run]]:
    """Return the runs of every (experiment, variant), one per seed, all current.

    With ALLOW_MISSING=1 those that are not done are left out, and a pair without any run is absent.
    Raises UserError, naming the Make target, for a run that is missing or was made for other
    settings or data.
    """
    found: dict[tuple[str, str], list[directories.Run]] = {}
    for planned in request.planned(asked):
        if not is_done(planned, asked.threads):
            if asked.allow_missing:
                continue
            raise UserError(_not_done(planned, asked))
        pair = (planned.key.experiment, planned.key.variant)
        found.setdefault(pair, []).append(directories.load(planned.key))
    return found


def _not_done(planned: request.Planned, asked: request.Request) -> str:
    folder = planned.key.path
    state = "holds no finished run"
    if (folder / "result.json").exists():
        state = f"was made for {made_for(folder, spec(planned, asked.threads))}"
    return (
        f"{paths.display(folder)} {state}; run: make {planned.key.target} "
        f"{shlex.join(asked.words_for(planned))}"
    )


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Print a word for each run, for Make: "done:<folder>" or "todo:<folder>"."""
    goals = [word for word in words if "=" not in word]
    asked = request.parse([word for word in words if "=" in word])
    for planned in request.planned(asked, goals):
        state = "done" if is_done(planned, asked.threads) else "todo"
        print(f"{state}:{planned.key.path.relative_to(paths.WORK)}")


if __name__ == "__main__":
    main()
