"""The command behind every experiment: trains the runs that are asked for and not done yet.

Importing this is cheap; TensorFlow is imported when there is something to train.
"""

import datetime
import logging
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.config import request
from lib.config.experiments import experiments
from lib.runs import directories, plan
from lib.system import files, paths
from lib.system.environment import hardware, source_commit, versions
from lib.system.errors import command
from lib.system.locks import locked

_MAKERS = ("versions", "hardware", "commit")  # of a run, besides its spec


@command
def main(file: str, words: Sequence[str] | None = None) -> None:
    """Train the experiment in `file` as the NAME=VALUE words ask; what is done is left alone.

    Besides the settings, VARIANT=<name> chooses one variant.
    """
    words = list(sys.argv[1:] if words is None else words)
    variants = [word.removeprefix("VARIANT=") for word in words if word.startswith("VARIANT=")]
    asked = request.parse([word for word in words if not word.startswith("VARIANT=")])
    experiment = Path(file).stem
    logging.basicConfig(
        format="%(asctime)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO, stream=sys.stderr
    )
    # A run that others need may be under way in one of their processes.
    shared = any(experiment in each.settings.needs for each in experiments().values())
    for planned in request.planned(asked, [experiment], variants):
        with locked(planned.key.path, wait=shared):
            _train(planned, asked)


def _train(planned: request.Planned, asked: request.Request) -> None:
    """Train what the run needs, then the run itself, unless it is done."""
    for needed in planned.needs:
        with locked(needed.key.path):
            _train(needed, asked)
    folder = planned.key.path
    spec = plan.spec(planned, asked.threads)
    _make_room(folder, spec)
    if (folder / "result.json").exists():
        logging.info("%s: already done", planned.key)
        return
    _record(folder, _config(planned, asked, spec))
    logging.info("%s: starting, %s profile", planned.key, asked.profile)
    from lib.training.loop import run_training

    run_training(planned, asked.threads)


def _make_room(folder: Path, spec: dict) -> None:
    """Put a run that was made for something else aside, and a fitting one that was aside back."""
    for left_by_a_killed_process in folder.rglob(".*.partial*"):
        left_by_a_killed_process.unlink()
    if plan.is_evaluated_by_other_code(folder, spec):
        _evaluate_again(folder, spec)
    if folder.exists() and any(folder.iterdir()) and not plan.fits(folder, spec):
        other = plan.made_for(folder, spec)
        now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        aside = folder.with_name(f"{folder.name}.archived-{now}")
        folder.rename(aside)
        logging.warning(
            "%s was made for %s; it is kept in %s",
            paths.display(folder),
            other,
            paths.display(aside),
        )
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()  # left by a process that ended before its first file
    if not folder.exists():
        for aside in sorted(folder.parent.glob(f"{folder.name}.archived-*"), reverse=True):
            if plan.fits(aside, spec):
                for file in aside.iterdir():
                    os.utime(file)  # figures drawn meanwhile are older than what comes back
                aside.rename(folder)
                logging.info("%s: what fits is back from %s", paths.display(folder), aside.name)
                break
    folder.mkdir(parents=True, exist_ok=True)


def _evaluate_again(folder: Path, spec: dict) -> None:
    """Remove the result of a run whose training is current, for the loop to evaluate it again."""
    logging.info(
        "%s was made by %s; evaluating it again", paths.display(folder), plan.made_for(folder, spec)
    )
    (folder / "result.json").unlink(missing_ok=True)
    files.write_json(folder / "config.json", {**directories.read_config(folder), "spec": spec})


def _record(folder: Path, config: dict) -> None:
    """Write what makes a run; where it was begun by something else, add that to it, and say so."""
    path = folder / "config.json"
    if not path.exists():
        files.write_json(path, config)
        return
    begun = directories.read_config(folder)
    now = {name: config[name] for name in _MAKERS}
    before = [begun, *begun.get("continued_with", [])][-1]
    others = [name for name in _MAKERS if before[name] != now[name]]
    if others:
        logging.warning(
            "%s was begun with other %s; what comes out is of both",
            paths.display(folder),
            " and ".join(others),
        )
        begun.setdefault("continued_with", []).append(now)
        files.write_json(path, begun)


def _config(planned: request.Planned, asked: request.Request, spec: dict) -> dict:
    words = [*asked.arguments_for(planned), f"VARIANT={planned.key.variant}"]
    return {
        "spec": spec,
        "command": shlex.join(["python", "-m", f"experiments.{planned.key.experiment}", *words]),
        "versions": versions(),
        "hardware": hardware(),
        "commit": source_commit(),
    }
