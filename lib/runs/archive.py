"""Archived runs: what was trained with other choices or code is kept, and comes back if it fits."""

import datetime
import logging
import shutil
from pathlib import Path

from lib.runs import checkpoints, directories, plan
from lib.system import files, paths


def make_room(folder: Path, spec: dict) -> None:
    """Make `folder` the run directory for `spec`: empty, or with what there is of such a run.

    A run with another spec is archived next to it, an archived one with this spec comes back, and a
    run that only needs to be evaluated again loses its result.
    """
    for left_by_a_killed_process in folder.rglob(".*.partial*"):
        left_by_a_killed_process.unlink()
    if folder.exists() and any(folder.iterdir()) and not _has_training(folder, spec):
        _archive(folder, spec)
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()  # left by a process that ended before its first file
    if not folder.exists():
        _bring_back(folder, spec)
    if folder.exists() and not plan.fits(folder, spec):
        _drop_result(folder, spec)
    folder.mkdir(parents=True, exist_ok=True)


def _has_training(folder: Path, spec: dict) -> bool:
    """Return whether the training in `folder` has this spec, if perhaps not its evaluation."""
    return plan.fits(folder, spec) or _can_be_evaluated(folder, spec)


def _can_be_evaluated(folder: Path, spec: dict) -> bool:
    """Return whether a training is current but its evaluation outdated, and it can be resumed.

    A finished run without a readable state would be trained again, over its files.
    """
    if not plan.is_evaluated_by_other_code(folder, spec):
        return False
    is_finished = (folder / "result.json").exists()
    return not is_finished or checkpoints.load(folder / directories.CHECKPOINT) is not None


def _drop_result(folder: Path, spec: dict) -> None:
    """Remove the result of a run with a current training; the loop then evaluates it again."""
    logging.info(
        "%s was made with %s; evaluating it again",
        paths.display(folder),
        plan.made_with(folder, spec),
    )
    (folder / "result.json").unlink(missing_ok=True)
    shutil.rmtree(folder / directories.UNFINISHED, ignore_errors=True)
    files.write_json(folder / "config.json", {**directories.read_config(folder), "spec": spec})


def _archive(folder: Path, spec: dict) -> None:
    made_with = plan.made_with(folder, spec)
    now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    archived = folder.rename(folder.with_name(f"{folder.name}.archived-{now}"))
    logging.warning(
        "%s was made with %s; it is archived as %s",
        paths.display(folder),
        made_with,
        paths.display(archived),
    )


def _bring_back(folder: Path, spec: dict) -> None:
    """Move the newest archived run with this spec, if there is one, to `folder`.

    If there is none, one that only needs to be evaluated again.
    """
    newest_first = sorted(folder.parent.glob(f"{folder.name}.archived-*"), reverse=True)
    for is_suitable in (plan.fits, _can_be_evaluated):
        for archived in newest_first:
            if is_suitable(archived, spec):
                archived.rename(folder)
                logging.info("%s: brought back from %s", paths.display(folder), archived.name)
                return
