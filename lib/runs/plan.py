"""Which of the requested runs are done, and which are to be trained. No TensorFlow here."""

import dataclasses
import shlex
from pathlib import Path

from lib.config.request import Planned, Request, planned
from lib.data import provenance
from lib.runs import code, directories
from lib.system import paths
from lib.system.errors import UserError

_DATA_FACTS = ("name", "synthetic", "fingerprint")


def data_used(run: Planned) -> dict[str, dict]:
    """Return the prepared data that a run reads: name, whether synthetic, fingerprint.

    Raises UserError if `make data` has not prepared it yet.
    """
    used = {}
    for name in run.settings.uses:
        record = provenance.read(paths.DATA / name)
        if record is None or not set(_DATA_FACTS) <= record.keys():
            raise UserError(f"{paths.display(paths.DATA / name)} is not prepared; run: make data")
        used[name] = {key: record[key] for key in _DATA_FACTS}
    return used


def spec(run: Planned, threads: int) -> dict:
    """Return the run spec: all choices that decide a run's numbers, and the code.

    A run fits if its spec is equal, up to code that is proven to give equal bits. The machine and
    the versions of packages decide the numbers too; config.json records them outside of the spec.
    The spec has the digest of the weights of each run that this one needs, None while that is not
    done.
    """
    needed = needed_digests(run, threads)
    return {
        **dataclasses.asdict(run.key),
        "settings": dataclasses.asdict(run.settings),
        "data": data_used(run),
        "threads": threads,
        "code": code.code_of(run.settings),
        **({"needs": needed} if needed else {}),
    }


def needed_digests(run: Planned, threads: int) -> dict[str, str | None]:
    """Return the digest of the weights of each run that `run` needs, None if that is not done."""
    digests: dict[str, str | None] = {}
    for each in run.needs:
        result = directories.load(each.key).result if is_done(each, threads) else {}
        digests[str(each.key)] = result.get("weights_sha256")
    return digests


def fits(folder: Path, wanted: dict) -> bool:
    """Return whether the run directory `folder` was started for the spec `wanted`."""
    return not differences(_spec_in(folder), wanted)


def is_evaluated_by_other_code(folder: Path, wanted: dict) -> bool:
    """Return whether a run was started for the spec `wanted`, but its evaluation is outdated."""
    return differences(_spec_in(folder), wanted) == ["evaluation"]


def differences(found: dict, wanted: dict) -> list[str]:
    """Return the names of what differs between two specs: settings, data, code and others.

    Code that is proven to give equal bits does not differ.
    """
    before, now = _facts(found), _facts(wanted)

    def differs(name: str) -> bool:
        if name in wanted["code"]:
            return not code.is_equal(code.fingerprint(before.get(name)), now[name])
        return before.get(name) != now.get(name)

    return [name for name in {**now, **before} if differs(name)]


def made_with(folder: Path, wanted: dict) -> str:
    """Return how a run directory's spec differs from `wanted`, as in "epochs 3, not 2"."""
    found = _spec_in(folder)
    if not found:
        return "settings that its config.json does not name"
    before, now = _facts(found), _facts(wanted)
    return "; ".join(
        f"other code ({', '.join(code.changed_files(before.get(name), now[name]))})"
        if name in wanted["code"]
        else f"{name} {_text(before.get(name))}, not {_text(now.get(name))}"
        for name in differences(found, wanted)
    )


def _spec_in(folder: Path) -> dict:
    """Return the spec in a run directory's config.json, an empty one if it cannot be read."""
    try:
        found = directories.read_config(folder)["spec"]
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _facts(spec: dict) -> dict:
    facts = {}
    for name, value in spec.items():
        facts.update(value if isinstance(value, dict) else {name: value})
    return facts


def _text(fact: object) -> str:
    """Return a setting, the record of prepared data, a digest or None as a short text."""
    if fact is None:
        return "none"
    if isinstance(fact, dict):
        return f"{fact.get('name')} ({str(fact.get('fingerprint'))[:8]})"
    return fact[:8] if isinstance(fact, str) and len(fact) == 64 else str(fact)


def is_done(run: Planned, threads: int) -> bool:
    """Return whether the run, and each that it needs, is finished and has the requested spec."""
    folder = run.key.path
    if not (folder / "result.json").exists():
        return False
    wanted = spec(run, threads)
    return None not in wanted.get("needs", {}).values() and fits(folder, wanted)


def load_runs(request: Request) -> dict[tuple[str, str], list[directories.Run]]:
    """Return the runs of every (experiment, variant), one per seed, all current.

    With ALLOW_MISSING=1, runs that are not done are left out, and a pair without any run is absent.
    Raises UserError, naming the Make target, for a run that is missing or was trained for other
    settings or data.
    """
    found: dict[tuple[str, str], list[directories.Run]] = {}
    for run in planned(request):
        if not is_done(run, request.threads):
            if request.allow_missing:
                continue
            raise UserError(_not_done(run, request))
        pair = (run.key.experiment, run.key.variant)
        found.setdefault(pair, []).append(directories.load(run.key))
    return found


def _not_done(run: Planned, request: Request) -> str:
    folder = run.key.path
    state = "holds no finished run"
    if (folder / "result.json").exists():
        state = f"was made with {made_with(folder, spec(run, request.threads))}"
    return (
        f"{paths.display(folder)} {state}; run: make {run.key.target} "
        f"{shlex.join(request.arguments_for(run))}"
    )
