"""Recorded results, which other runs are compared with.

Record the finished and the unfinished runs: python -m report.reference.record PROFILE=paper.
Runs recorded on other machines stay, so several machines can contribute to one record. Verdicts and
the README's images rest on all recorded runs.

recorded/<profile>/
  runs/               see `recorded_runs`
  verdicts/           one file for each claim and each suspected defect
  images.json         which figures of these runs the README shows
  loss_bounds.json    the squared error that text to image can reach, computed from the digits
  token_averages.png  the average image of each token, computed from the digits
recorded/weights/     see `lib.trained.recorded`
"""

import dataclasses
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lib.config import request
from lib.config.base import Settings
from lib.runs import code, directories, plan
from lib.runs.directories import Run
from lib.system.errors import UserError, command
from lib.system.paths import display
from original.published import published
from report import loss_bounds
from report.content import average_images, own_settings
from report.criteria.claims import (
    CRITERIA,
    DEFECT_CRITERIA,
    MEANINGLESS_PROFILE,
    EvaluatedClaim,
    evaluated,
    suspected,
)
from report.criteria.findings import NOT_RUN
from report.readme import gallery, sections
from report.reference import recorded_content, recorded_runs, weights, writing
from report.reference.begun_runs import begun_run, evaluated_so_far
from report.reference.recorded_content import RecordedContent
from report.reference.recorded_runs import RecordedKey, read_json

PARTS = ("claims", "defects")


def entries(requested: request.Request) -> list[dict]:
    """Return the facts of each requested run that is finished or unfinished, as JSON values.

    An unfinished run has fewer `epochs` than its settings, and the metrics of its last epoch.
    """
    return [recorded_runs.entry(run.config, run.result) for run in _own_runs(requested)]


def read(profile: str) -> dict | None:
    """Return the record of a profile, None if there is none.

    It has the `profile`, `runs`, as `entries` returns them, `claims` and `defects`, as in
    claims.json, and `images`, as `gallery.draw_all` returns them. A verdict by an earlier version
    of its criterion is "not run". Raises UserError if the record cannot be read.
    """
    folder = recorded_runs.FOLDER / profile
    if not folder.exists():
        return None
    names = published()
    verdicts = {
        part: [_verdict(profile, name, facts["text"]) for name, facts in names[part].items()]
        for part in PARTS
    }
    runs = [run.entry for run in recorded_runs.load_all(profile)]
    order = {pair: index for index, pair in enumerate(own_settings(profile))}
    runs.sort(key=lambda run: (order.get(_pair(run), len(order)), run["seed"]))
    images = read_json(folder / "images.json")
    return {"profile": profile, "runs": runs, **verdicts, "images": images}


def read_loss_bounds(profile: str) -> loss_bounds.LossBounds | None:
    """Return the recorded bounds of the loss of text to image, None if there are none."""
    file = recorded_runs.FOLDER / profile / "loss_bounds.json"
    return loss_bounds.LossBounds(**read_json(file)["bounds"]) if file.exists() else None


def references() -> dict[str, dict]:
    """Return the records of those profiles that the README shows, as `read` does."""
    return {profile: known for profile in sections.PROFILES if (known := read(profile))}


def is_current(entry: dict, own: Mapping[tuple[str, str], Settings]) -> bool:
    """Return whether a run has its experiment's settings, by `own`, and the current code."""
    settings = own.get(_pair(entry))
    if settings is None or entry["settings"] != dataclasses.asdict(settings):
        return False
    recorded = entry.get("code", {})
    parts = code.code_of(settings).items()
    return all(code.is_equal(recorded.get(part), files) for part, files in parts)


def verdicts(content: RecordedContent) -> dict[str, list[dict]]:
    """Return the verdicts that recorded runs give, as in claims.json."""
    found = {"claims": evaluated(content), "defects": suspected(content)}
    return {part: [claim.record() for claim in each.values()] for part, each in found.items()}


def _verdict(profile: str, name: str, text: str) -> dict:
    """Return the recorded verdict on a claim; "not run" unless it is by the present criterion."""
    criterion, file = (CRITERIA | DEFECT_CRITERIA)[name], _verdict_file(profile, name)
    found = read_json(file) if file.exists() else {}
    if found.get("criterion_version") == criterion.version:
        return found
    reason = f"its criterion is new; run: make reference PROFILE={profile}"
    return EvaluatedClaim(name, text, criterion, (), NOT_RUN, reason, True, False, ()).record()


def _verdict_file(profile: str, name: str) -> Path:
    return recorded_runs.FOLDER / profile / "verdicts" / f"{name}.json"


def _pair(entry: dict) -> tuple[str, str]:
    return entry["experiment"], entry["variant"]


def _own_runs(requested: request.Request) -> list[Run]:
    """Return the requested runs in the work folder, finished and unfinished."""
    found = []
    for planned in request.planned(requested):
        folder = planned.key.path
        if not plan.fits(folder, plan.spec(planned, requested.threads)):
            continue
        if (folder / "result.json").exists():
            found.append(directories.load(planned.key))
        elif (folder / "history.jsonl").exists():
            found.append(begun_run(planned))
    return found


def _write_runs(own: Sequence[Run], profile: str) -> None:
    """Record runs, unless the record has more epochs of the same seed.

    Recorded runs leave the record if their settings or their code are no longer the current ones,
    or if they read other data than the new runs.
    """
    settings = own_settings(profile)
    read_now = {
        kind: data["fingerprint"]
        for run in own
        for kind, data in run.config["spec"]["data"].items()
    }
    kept: dict[RecordedKey, Run] = {}
    for run in recorded_runs.load_all(profile):
        same_data = all(
            data["fingerprint"] == read_now.get(kind, data["fingerprint"])
            for kind, data in run.entry["data"].items()
        )
        if is_current(run.entry, settings) and same_data:
            kept[run.key] = run
        else:
            shutil.rmtree(run.key.path)
    for run in own:
        key = RecordedKey(**dataclasses.asdict(run.key))
        earlier = kept.get(key)
        if earlier is None or _progress(run.result) >= _progress(earlier.result):
            writing.write_run(run, key, profile != MEANINGLESS_PROFILE)
            kept[key] = run
    for key, run in kept.items():
        if any(_is_drawn_instead(other, run) for other in kept.values()):
            writing.drop_drawn_images(key)


def _is_drawn_instead(other: Run, run: Run) -> bool:
    """Return whether figures show the recorded run `other`, a smaller seed, instead of `run`."""
    mine, its = run.key, other.key
    same = (mine.experiment, mine.variant) == (its.experiment, its.variant)
    return same and its.seed < mine.seed and other.is_finished and other.has_epochs


def _progress(result: dict) -> tuple[bool, int, bool]:
    """Return whether a run is finished, which may be early, its epochs, and if it is evaluated."""
    return recorded_runs.is_finished(result), result["epochs"], "parameters" in result


def _write_facts_of_digits(profile: str) -> None:
    """Record what criteria and texts compute from the digits, if those of the runs are here."""
    content = recorded_content.load(profile)
    pair = ("text2image", content.variants("text2image")[0])
    here, recorded = plan.data_used(content.planned[pair]), content.data_of(pair)
    if here["digits"] == recorded["digits"]:
        fraction = content.setting("text2image", "validation_fraction")
        bounds = loss_bounds.of_prepared_digits(fraction)
        file = recorded_runs.FOLDER / profile / "loss_bounds.json"
        writing.write_json(file, {"digits": here["digits"], "bounds": dataclasses.asdict(bounds)})
        averages = average_images(loss_bounds.prepared_tokens())
        writing.write_sheet(recorded_content.averages_file(profile), averages)


def write_derived(profile: str) -> None:
    """Write what follows from a profile's recorded runs: verdicts, images, the README's parts."""
    content = recorded_content.load(profile)
    for claims in verdicts(content).values():
        for claim in claims:
            writing.write_json(_verdict_file(profile, claim["id"]), claim)
    images = gallery.draw_all(content) if profile in sections.PROFILES else {}
    writing.write_json(recorded_runs.FOLDER / profile / "images.json", images)
    every = references()
    sections.write(every)
    gallery.remove_unused(every)


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Record the requested runs, and what follows from the record."""
    requested = request.parse([*arguments, "ALLOW_MISSING=1"])
    if requested.changes:
        changed = ", ".join(name.upper() for name, _ in requested.changes)
        raise UserError(f"a reference has the experiments' own settings; leave out {changed}")
    own = [
        run if run.is_finished else evaluated_so_far(run, requested) for run in _own_runs(requested)
    ]
    if not (own or recorded_runs.load_all(requested.profile)):
        raise UserError(f"no run of the {requested.profile} profile is done; run: make experiments")
    _write_runs(own, requested.profile)
    weights.record(own)
    _write_facts_of_digits(requested.profile)
    write_derived(requested.profile)
    recorded = recorded_runs.load_all(requested.profile)
    begun = sum(not run.is_finished for run in recorded)
    print(
        f"{display(recorded_runs.FOLDER / requested.profile)}: {len(recorded)} runs, {len(own)} of "
        f"them from here, {begun} unfinished"
    )


if __name__ == "__main__":
    main()
