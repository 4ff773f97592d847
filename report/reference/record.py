"""Recorded results: what runs that really happened gave, for others to hold theirs against.

Record the runs that are done, or begun: python -m report.reference.record PROFILE=paper.
Runs recorded from other machines stay, so that a record can be put together on several; verdicts
and the README's pictures rest on the runs of all.

recorded/<profile>/
  runs/             see `recorded_runs`
  verdicts/         one file for each claim and each suspected defect
  pictures.json     which figures of these runs the README shows
  loss_bounds.json  what squared error allows a text-to-image model, computed from the digits
"""

import dataclasses
import sys
from collections.abc import Mapping, Sequence

from lib.config import request
from lib.config.base import Settings
from lib.runs import directories, plan
from lib.runs.directories import Run
from lib.system.errors import UserError, command
from lib.system.paths import display
from original.published import published
from report import loss_bounds
from report.criteria.claims import MEANINGLESS_PROFILE, evaluated, suspected
from report.readme import gallery, sections
from report.reference import recorded_content, recorded_runs, writing
from report.reference.begun_runs import BegunRun, begun_run, evaluated_so_far
from report.reference.recorded_content import RecordedContent
from report.reference.recorded_runs import RecordedKey, RecordedRun, read_json

PARTS = ("claims", "defects")


def entries(asked: request.Request) -> list[dict]:
    """Return what is known of each run that is asked for and was done, or begun, as JSON values.

    One that was only begun has fewer `epochs` than its settings, and its last epoch's metrics.
    """
    return [recorded_runs.entry(run.config, run.result) for run in _own_runs(asked)]


def read(profile: str) -> dict | None:
    """Return the record of a profile, None if there is none.

    It has the `profile`, `runs`, as `entries` returns them, `claims` and `defects`, as in
    claims.json, and `pictures`, as `gallery.draw_all` returns them. Raises UserError if it cannot
    be read.
    """
    folder = recorded_runs.FOLDER / profile
    if not folder.exists():
        return None
    names = published()
    verdicts = {
        part: [read_json(_verdict_file(profile, id)) for id in names[part]] for part in PARTS
    }
    runs = [run.entry for run in recorded_runs.load_all(profile)]
    order = {pair: index for index, pair in enumerate(own_settings(profile))}
    runs.sort(key=lambda run: (order.get(_key(run)[:2], len(order)), run["seed"]))
    pictures = read_json(folder / "pictures.json")
    return {"profile": profile, "runs": runs, **verdicts, "pictures": pictures}


def read_loss_bounds(profile: str) -> loss_bounds.LossBounds | None:
    """Return the recorded bounds of the loss of text to image, None if there are none."""
    file = recorded_runs.FOLDER / profile / "loss_bounds.json"
    return loss_bounds.LossBounds(**read_json(file)["bounds"]) if file.exists() else None


def references() -> dict[str, dict]:
    """Return the records of those profiles that the README shows, as `read` does."""
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
        and entry.get("model_version", 1) == settings.model_version
    )


def verdicts(content: RecordedContent) -> dict[str, list[dict]]:
    """Return the verdicts that recorded runs give, as in claims.json."""
    found = {"claims": evaluated(content), "defects": suspected(content)}
    return {part: [claim.record() for claim in each.values()] for part, each in found.items()}


def _verdict_file(profile: str, name: str) -> object:
    return recorded_runs.FOLDER / profile / "verdicts" / f"{name}.json"


def _key(entry: dict) -> tuple[str, str, int]:
    return entry["experiment"], entry["variant"], entry["seed"]


def _own_runs(asked: request.Request) -> list[Run]:
    """Return the runs in the work folder that are asked for and finished, or begun."""
    found = []
    for planned in request.planned(asked):
        folder = planned.key.path
        if not plan.fits(folder, plan.spec(planned, asked.threads)):
            continue
        if (folder / "result.json").exists():
            found.append(directories.load(planned.key))
        elif (folder / "history.jsonl").exists():
            found.append(begun_run(planned))
    return found


def _write_runs(own: Sequence[Run], profile: str) -> None:
    """Record runs, unless an earlier one of the same seed came further.

    Recorded runs leave the record if their settings or their model are no longer the experiment's,
    or if they read other data than the new ones.
    """
    settings = own_settings(profile)
    read_now = {
        kind: data["fingerprint"]
        for run in own
        for kind, data in run.config["spec"]["data"].items()
    }
    kept: dict[tuple[str, str, int], RecordedRun] = {}
    for run in recorded_runs.load_all(profile):
        same_data = all(
            data["fingerprint"] == read_now.get(kind, data["fingerprint"])
            for kind, data in run.entry["data"].items()
        )
        if is_current(run.entry, settings) and same_data:
            kept[_key(run.entry)] = run
        else:
            writing.remove_run(run.key)
    for run in own:
        key = RecordedKey(**dataclasses.asdict(run.key))
        earlier = kept.get((key.experiment, key.variant, key.seed))
        if earlier is None or _progress(run.result) >= _progress(earlier.result):
            writing.write_run(run, key, whole=profile != MEANINGLESS_PROFILE)


def _progress(result: dict) -> tuple[bool, int]:
    """Return how far a run came: some stop by themselves, before what is only begun gets there."""
    return recorded_runs.is_finished(result), result["epochs"]


def _write_loss_bounds(content: RecordedContent) -> None:
    """Record the bounds of the loss of text to image, if the digits are here that it read."""
    pair = ("text2image", content.variants("text2image")[0])
    here, recorded = plan.data_used(content.planned[pair]), content.data_of(pair)
    if here["digits"] == recorded["digits"]:
        fraction = content.setting("text2image", "validation_fraction")
        bounds = loss_bounds.of_prepared_digits(fraction)
        file = recorded_runs.FOLDER / content.asked.profile / "loss_bounds.json"
        writing.write_json(file, {"digits": here["digits"], "bounds": dataclasses.asdict(bounds)})


def write_derived(profile: str) -> RecordedContent:
    """Write what follows from a profile's recorded runs: verdicts, pictures, the README's parts."""
    content = recorded_content.load(profile)
    for claims in verdicts(content).values():
        for claim in claims:
            writing.write_json(_verdict_file(profile, claim["id"]), claim)
    pictures = gallery.draw_all(content) if profile in sections.PROFILES else {}
    writing.write_json(recorded_runs.FOLDER / profile / "pictures.json", pictures)
    every = references()
    sections.write(every)
    gallery.remove_unused(every)
    return content


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Record the runs that are asked for, and what follows from the record."""
    asked = request.parse([*words, "ALLOW_MISSING=1"])
    if asked.changes:
        changed = ", ".join(name.upper() for name, _ in asked.changes)
        raise UserError(f"a reference is of the experiments' own settings; leave out {changed}")
    own = [
        evaluated_so_far(run, asked) if isinstance(run, BegunRun) else run
        for run in _own_runs(asked)
    ]
    if not own:
        raise UserError(f"no run of the {asked.profile} profile is done; run: make experiments")
    _write_runs(own, asked.profile)
    content = write_derived(asked.profile)
    _write_loss_bounds(content)
    recorded = recorded_runs.load_all(asked.profile)
    begun = sum(not run.is_finished for run in recorded)
    print(
        f"{display(recorded_runs.FOLDER / asked.profile)}: {len(recorded)} runs, {len(own)} of "
        f"them from here, {begun} not at their end"
    )


if __name__ == "__main__":
    main()
