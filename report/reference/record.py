"""Reference results: what runs that really happened gave, for others to hold theirs against.

Write them from the runs that are done, or begun: python -m report.reference.record PROFILE=paper.
What the reference knows of other runs stays in it, so that it can be put together on several
machines; a verdict that needs no more than numbers rests on the runs of all.
"""

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence

from lib.config import request
from lib.config.base import Settings
from lib.runs import code, directories, plan
from lib.system import files
from lib.system.errors import UserError, command
from lib.system.paths import REPOSITORY, display
from report.content import Content
from report.criteria.claims import as_json, evaluated, suspected
from report.criteria.findings import NOT_RUN
from report.readme import gallery, sections
from report.reference import recorded_runs

FOLDER = REPOSITORY / "report" / "reference"
_PARTS = {"runs", "claims", "defects", "pictures"}


def entries(asked: request.Request) -> list[dict]:
    """Return what is known of each run that is asked for and was done, or begun, as JSON values.

    One that was only begun has fewer `epochs` than its settings, and its last epoch's metrics.
    """
    return [
        entry
        for planned in request.planned(asked)
        if (entry := _entry(planned, plan.spec(planned, asked.threads))) is not None
    ]


def read(profile: str) -> dict | None:
    """Return the reference of a profile, None where there is none.

    It has the `profile`, `runs`, as `entries` returns them, `claims` and `defects`, as in
    claims.json, and `pictures`, as `gallery.draw_all` returns them. Raises UserError where it
    cannot be read.
    """
    file = FOLDER / f"{profile}.json"
    try:
        reference = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UserError(f"{display(file)} cannot be read ({error}); restore it from git") from error
    if not isinstance(reference, dict) or not reference.keys() >= _PARTS:
        raise UserError(f"{display(file)} has not all of its parts; restore it from git")
    return reference


def joined(earlier: dict | None, new: dict) -> dict:
    """Return the reference `new` with what `earlier` knows of other runs, both as `read` does.

    A run is kept where its settings are still the experiment's own and its model is the current
    one, it read the data that the new ones read, and the new ones have none of its variant and seed
    that came further; a verdict, where the new one was not run or rests on fewer runs or findings,
    all of its own are kept as they were, and its criterion has the same version; a picture, where
    it was not drawn anew.
    """
    if earlier is None:
        return new
    runs = _joined_runs(earlier["runs"], new["runs"], new["profile"])
    before, now = _weights(earlier["runs"]), _weights(runs)
    kept = {folder for folder, weights in before.items() if now.get(folder) == weights}
    verdicts = {
        part: [
            max(
                [new_one, *_standing(earlier[part], new_one, kept)],
                key=lambda one: (one["verdict"] != NOT_RUN, len(one["runs"]), len(one["evidence"])),
            )
            for new_one in new[part]
        ]
        for part in ("claims", "defects")
    }
    return {**new, "runs": runs, **verdicts, "pictures": earlier["pictures"] | new["pictures"]}


def references() -> dict[str, dict]:
    """Return the references of those profiles that the README shows, as `read` does."""
    found = {profile: read(profile) for profile in sections.PROFILES}
    return {profile: reference for profile, reference in found.items() if reference is not None}


def own_settings(profile: str) -> dict[tuple[str, str], Settings]:
    """Return each experiment's own settings in a profile, by (experiment, variant)."""
    every = request.planned(request.parse([f"PROFILE={profile}", "STUDY=corrected"]))
    return {(planned.key.experiment, planned.key.variant): planned.settings for planned in every}


def is_current(entry: dict, own: Mapping[tuple[str, str], Settings]) -> bool:
    """Tell whether a run has its experiment's own settings and the current model, by `own`."""
    settings = own.get(_key(entry)[:2])
    return (
        settings is not None
        and entry["settings"] == dataclasses.asdict(settings)
        and not plan.differences({"code": entry.get("code")}, {"code": code.code_of(settings)})
    )


def _weights(entries: Sequence[dict]) -> dict[str, str | None]:
    """Return the digest of each run's weights, None before its end, by its run directory."""
    return {
        directories.RunKey(entry["profile"], *_key(entry)).folder: entry.get("weights_sha256")
        for entry in entries
    }


def _key(entry: dict) -> tuple[str, str, int]:
    return entry["experiment"], entry["variant"], entry["seed"]


def _standing(earlier: Sequence[dict], new: dict, kept: set[str]) -> list[dict]:
    """Return the earlier verdict that may replace `new`, if there is one, with today's texts."""
    texts = {name: new[name] for name in ("claim", "criterion")}
    return [
        one | texts
        for one in earlier
        if all(one[part] == new[part] for part in ("id", "criterion_version"))
        and kept >= set(one["runs"])
    ]


def _joined_runs(earlier: Sequence[dict], new: Sequence[dict], profile: str) -> list[dict]:
    own = own_settings(profile)
    read_now = {kind: data["fingerprint"] for entry in new for kind, data in entry["data"].items()}
    known = {
        _key(entry): entry
        for entry in earlier
        if is_current(entry, own)
        and all(
            data["fingerprint"] == read_now.get(kind, data["fingerprint"])
            for kind, data in entry["data"].items()
        )
    }
    for entry in new:
        if _progress(entry) >= _progress(known.get(_key(entry), entry)):
            known[_key(entry)] = entry
    order = list(own)
    return sorted(known.values(), key=lambda run: (order.index(_key(run)[:2]), run["seed"]))


def _progress(entry: dict) -> tuple[bool, int]:
    """Return how far a run came: some stop by themselves, before what is only begun gets there."""
    return recorded_runs.is_finished(entry), entry["epochs"]


def _entry(planned: request.Planned, spec: dict) -> dict | None:
    folder = planned.key.path
    if not plan.fits(folder, spec):
        return None
    if (folder / "result.json").exists():
        run = directories.load(planned.key)
        config, result = run.config, run.result
        known = ("epochs", "seconds", "parameters", "weights_sha256", "metrics", "source_sizes")
        evaluation = {name: result[name] for name in known if name in result}
    else:
        config = directories.read_config(folder)
        evaluation = _begun(folder)
    if evaluation is None:
        return None
    makers = ("versions", "hardware", "commit", "command", "continued_with")
    made_with = {name: config[name] for name in makers if name in config}
    return {**config["spec"], **made_with, **evaluation}


def _begun(folder: object) -> dict | None:
    try:
        lines = (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    history = [json.loads(line) for line in lines]
    metrics = {k: v for k, v in history[-1].items() if k not in ("epoch", "seconds")}
    seconds = round(sum(epoch["seconds"] for epoch in history), 1)
    return {"epochs": len(history), "seconds": seconds, "metrics": metrics}


def _verdicts(content: Content) -> dict:
    """Return the profile and the verdicts; which seeds and data each rests on, its runs tell."""
    found = as_json(content, evaluated(content), suspected(content))
    return {name: found[name] for name in ("profile", "claims", "defects")}


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Write the reference of the profile that is asked for, and what the README says from it."""
    asked = request.parse([*words, "ALLOW_MISSING=1"])
    if asked.changes:
        changed = ", ".join(name.upper() for name, _ in asked.changes)
        raise UserError(f"a reference is of the experiments' own settings; leave out {changed}")
    found = entries(asked)
    if not found:
        raise UserError(f"no run of the {asked.profile} profile is done; run: make experiments")
    content = Content(asked, plan.load_runs(asked))
    file = FOLDER / f"{asked.profile}.json"
    pictures = gallery.draw_all(content) if asked.profile in sections.PROFILES else {}
    earlier = read(asked.profile)
    known = joined(earlier, {"runs": found, **_verdicts(content), "pictures": pictures})
    with_others = recorded_runs.completed(content, known["runs"])
    known = joined(known, {**known, **_verdicts(with_others)})
    files.write_json(file, known)
    every = references()
    sections.write(every)
    gallery.remove_unused(every)
    begun = sum(not recorded_runs.is_finished(entry) for entry in known["runs"])
    print(
        f"{display(file)}: {len(known['runs'])} runs, {len(found)} of them from here, "
        f"{begun} not at their end"
    )


if __name__ == "__main__":
    main()
