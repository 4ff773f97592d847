"""The command behind every experiment: trains the requested runs that are not done yet.

Importing this is cheap; TensorFlow is imported only when there is something to train.
"""

import logging
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.config.experiments import experiments
from lib.config.request import Planned, Request, parse_with_variants, planned
from lib.data.requested import used
from lib.runs import archive, directories, plan
from lib.system import files, paths
from lib.system.environment import hardware, source_commit, versions
from lib.system.errors import UserError, command
from lib.system.locks import locked


@command
def main(file: str, arguments: Sequence[str] | None = None) -> None:
    """Train the experiment in `file` as the NAME=VALUE arguments request; skip finished runs.

    Besides the settings, VARIANT=<name> chooses one variant.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    request, variants = parse_with_variants(arguments)
    experiment = Path(file).stem
    logging.basicConfig(
        format="%(asctime)s %(message)s", datefmt="%H:%M:%S", level=logging.INFO, stream=sys.stderr
    )
    runs = planned(request, [experiment], variants)
    _check_data(request, runs)
    # A run that others need may be in progress in one of their processes.
    shared = any(experiment in each.settings.needs for each in experiments().values())
    for run in runs:
        with locked(run.key.path, wait=shared):
            _train(run, request)


def _check_data(request: Request, runs: Sequence[Planned]) -> None:
    """Raise UserError if the request names data, and others are prepared."""
    for module, given in used(request, runs):
        if (given or request.data != "auto") and not module.holds(request.data, given):
            wanted = f"{module.KIND.name.upper()}={given}" if given else f"DATA={request.data}"
            raise UserError(
                f"{paths.display(module.FOLDER)} does not hold what {wanted} requests; "
                f"run: make data {shlex.quote(wanted)}"
            )


def _train(run: Planned, request: Request) -> None:
    """Train the runs that `run` needs, then the run itself, unless it is done."""
    for needed in run.needs:
        with locked(needed.key.path):
            _train(needed, request)
    folder = run.key.path
    spec = plan.spec(run, request.threads)
    archive.make_room(folder, spec)
    if (folder / "result.json").exists():
        logging.info("%s: already done", run.key)
        return
    _record(run, request, spec)
    logging.info("%s: starting, %s profile", run.key, request.profile)
    from lib.system import runtime  # noqa: F401 - sets up TensorFlow
    from lib.training.loop import run_training

    run_training(run, request.threads)


def _record(run: Planned, request: Request, spec: dict) -> None:
    """Write a new run's config.json, or add the environment that continues a started run."""
    path = run.key.path / "config.json"
    environment = {"versions": versions(), "hardware": hardware(), "commit": source_commit()}
    if not path.exists():
        module = f"experiments.{run.key.experiment}"
        arguments = [*request.arguments_for(run), f"VARIANT={run.key.variant}"]
        command_line = shlex.join(["python", "-m", module, *arguments])
        files.write_json(path, {"spec": spec, "command": command_line, **environment})
        return
    config = directories.read_config(run.key.path)
    before = [config, *config.get("continued_with", [])][-1]
    changed = [name for name, value in environment.items() if before[name] != value]
    if changed:
        logging.warning(
            "%s was started with other %s; its results mix both",
            paths.display(run.key.path),
            " and ".join(changed),
        )
        config.setdefault("continued_with", []).append(environment)
        files.write_json(path, config)
