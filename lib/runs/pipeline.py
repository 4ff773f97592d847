"""`python -m lib.runs.pipeline <step> ... [NAME=VALUE ...]`: what the Makefile calls for all steps.

A step is the name of an experiment, or data, experiments, figures, report, all, check, reference.
The steps come in this order, and each does only what is not done. A step that uses a trained model
comes alone: generate, reconstruct, interpolate, encode, answer, export, tensorboard. RUNTIME, CUDA,
LAUNCH and JOBS in the environment say how programs are started. This needs nothing but Python's
standard library: with RUNTIME=docker, it is the only program that runs outside of the image.
"""

import hashlib
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence

from lib.config import make
from lib.config.experiments import find, studied
from lib.config.request import Planned, Request, parse, planned
from lib.data import provenance
from lib.runs import dependencies, directories, plan, scheduler
from lib.runs.processes import call
from lib.system import files
from lib.system.errors import UserError, command
from lib.system.paths import BUILD, DATA, REPOSITORY, display
from lib.trained.options import one_path_each

_OF_THE_STUDY = ("data", "experiments", "figures", "report", "check")
_STEPS = (*_OF_THE_STUDY, "reference")
_COMPARISONS = {"check": "report.reference.check", "reference": "report.reference.record"}
_USES = {
    **dict.fromkeys(
        ("generate", "reconstruct", "interpolate", "encode", "answer", "export"), "lib.trained"
    ),
    "tensorboard": "lib.visual.tensorboard",
}
_NEED_RUNS = {"figures", "report", "check"}


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Do the steps."""
    targets = [each for each in arguments if "=" not in each]
    settings = [*make.arguments(), *(each for each in arguments if "=" in each)]
    if set(targets) & set(_USES):
        _use(targets, settings)
        return
    request = parse(settings)
    steps = {"report" if target == "all" else target for target in targets} & set(_STEPS)
    named = [find(target) for target in targets if target not in (*_STEPS, "all")]
    study = studied(request.study) if steps.intersection(_OF_THE_STUDY) else []
    names = list(dict.fromkeys([*named, *study]))
    runs = planned(request, names)  # of the whole study if there are no names
    if names:
        _prepare_data(request, names)
        needs_all = "experiments" in steps or (steps & _NEED_RUNS and not request.allow_missing)
        wanted = names if needs_all else named
        _train(request, [run for run in runs if run.key.experiment in wanted])
    _show(request, steps)
    for run in runs if named and not steps else ():
        if run.key.experiment in named and (page := run.key.path / directories.PAGE).exists():
            print(f"{run.key}: {display(page)}")


def _use(targets: Sequence[str], arguments: Sequence[str]) -> None:
    """Use a trained model, which is neither trained here nor needs anything prepared."""
    if len(targets) > 1:
        raise UserError(f"make {' '.join(targets)}: use a trained model by one target at a time")
    # Handwriting may be prepared first.
    online = ("--online",) if targets == ["answer"] else ()
    call([*_python(*online), "-m", _USES[targets[0]], *targets, *one_path_each(arguments)])


def _prepare_data(request: Request, names: Sequence[str]) -> None:
    sources = {"FACES": request.faces, "DIGITS": request.digits}
    given = [f"{name}={path}" for name, path in sources.items() if path]
    call([*_python("--online"), "-m", "lib.data", *request.arguments(names), *given, *names])


def _train(request: Request, runs: Sequence[Planned]) -> None:
    """Train the runs that are not done, and before them those that they need."""
    missing = list(dict.fromkeys(_missing(request, runs)))
    if not missing:
        return
    names = {str(run.key) for run in missing}
    prefix = [*_launcher(), *_python_of_trainings()]
    tasks = []
    for run in missing:
        command = [*prefix, "-m", f"experiments.{run.key.experiment}"]
        command += [*request.arguments_for(run), f"VARIANT={run.key.variant}"]
        needs = names & {str(needed.key) for needed in run.needs}
        tasks.append(scheduler.Task(str(run.key), command, needs))
    before = _fingerprints(missing)
    scheduler.run_all(tasks, make.jobs(), make.keeps_going())
    if _fingerprints(missing) != before:
        raise UserError(
            f"{display(DATA)} was prepared again while models were trained, and some may have "
            "other data than you requested; run the same command again"
        )


def _fingerprints(runs: Iterable[Planned]) -> dict[str, str | None]:
    """Return the fingerprint of each kind of data that runs read, None if it is not prepared."""
    used = {name for run in runs for name in run.settings.uses}
    return {name: (provenance.read(DATA / name) or {}).get("fingerprint") for name in used}


def _missing(request: Request, runs: Sequence[Planned]) -> Iterator[Planned]:
    for run in runs:
        yield from _missing(request, run.needs)
        if not plan.is_done(run, request.threads):
            yield run


def _show(request: Request, steps: set[str]) -> None:
    """Draw and report what has changed; compare with the reference, or write it."""
    if not steps - {"data", "experiments"}:
        return
    arguments = request.arguments(studied(request.study))
    if request.allow_missing:
        arguments.append("ALLOW_MISSING=1")
    if steps & {"figures", "report"}:
        # Another checkout, with the same WORK_DIR, may have other code.
        key = [str(REPOSITORY), *arguments, *_done(arguments)]
        _update("figures", arguments, key)
        if "report" in steps:
            images = sorted((BUILD / "figures").glob("[!.]*"))
            _update("report", arguments, [*key, *map(files.sha256, images)])
    for step, module in _COMPARISONS.items():
        if step in steps:
            call([*_python(), "-m", module, *arguments])


def _done(arguments: Sequence[str]) -> list[str]:
    """Return the run directories of the finished runs, which decide what can be shown."""
    request = parse(arguments)
    return [run.key.folder for run in planned(request) if plan.is_done(run, request.threads)]


def _update(package: str, arguments: list[str], facts: Iterable[str]) -> None:
    """Run a package, unless `facts` and what it reads and writes are as after the last time."""
    record = BUILD / f"{package}.read.json"
    key = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    if not dependencies.is_current(record, key):
        record.unlink(missing_ok=True)
        call([*_python(), "-m", "lib.runs.dependencies", str(record), key, package, *arguments])


def _launcher() -> list[str]:
    """Return the prefix of training commands; `env` because it may begin with variables."""
    try:
        prefix = shlex.split(os.environ.get("LAUNCH", ""))
    except ValueError as error:
        raise UserError(f"LAUNCH={os.environ['LAUNCH']}: {error}") from error
    return ["env", *prefix] if prefix else []


def _python_of_trainings() -> list[str]:
    """Return the Python that trains: with RUNTIME=auto in the image, if there is a GPU for it."""
    if os.environ.get("RUNTIME") == "auto":
        chosen = subprocess.run([*_container(), "choose"], stdout=subprocess.PIPE, check=True)
        return _python(runtime=chosen.stdout.decode().strip())
    return _python()


def _python(*options: str, runtime: str | None = None) -> list[str]:
    if (runtime or os.environ.get("RUNTIME")) == "docker":
        return [*_container(), "run", *options, "python"]
    return [sys.executable]


def _container() -> list[str]:
    kind = "cuda" if os.environ.get("CUDA") == "1" else "cpu"
    return [str(REPOSITORY / "docker" / "container.sh"), kind]


if __name__ == "__main__":
    main()
