"""The training loop: a checkpoint after every epoch, so that an interrupted run can resume."""

import contextlib
import datetime
import logging
import math
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lib.config.request import Planned
from lib.models import export
from lib.runs import checkpoints, directories, plan
from lib.system import paths, runtime
from lib.system.errors import UserError
from lib.training import saving
from lib.training.progress import Progress
from lib.training.trainer import Evaluation, Trainer, trainer_class
from lib.visual import page

# The settings that decide how much memory a training takes.
_SIZES = ("batch_size", "units", "filters", "discriminator_filters", "latent_dim", "style_dim")


def run_training(planned: Planned, threads: int) -> None:
    """Train one run to its end, from its newest checkpoint if it has one.

    Ctrl-C and SIGTERM end it with a line that says how to resume; at most the current epoch is
    lost.
    """
    key = planned.key
    with _enough_memory(planned):
        training = new_trainer(planned, threads)
    _check_data(planned)
    history = saving.restore(training, key.path)
    if history:
        logging.info("%s: resuming after epoch %d", key, len(history))
    with _resumable(planned, history), _enough_memory(planned):
        _run_epochs(training, planned, history)
        evaluation = training.evaluation(history)
    _check_what_it_reads(planned, threads)
    with _resumable(planned, history), _enough_memory(planned):
        page_file = _finish(training, evaluation, key, history)
    spent = _duration(directories.times(history)["seconds"])
    logging.info("%s: done in %s; %s", key, spent, _metrics_line(history[-1]))
    logging.info("%s: see %s", key, paths.display(page_file))


def new_trainer(planned: Planned, threads: int) -> Trainer:
    """Set up TensorFlow, and return the trainer of a run before its first epoch."""
    kind = trainer_class(planned.settings)
    runtime.start(threads, planned.key.seed, kind.in_micro_batches)
    training = kind(planned.settings, planned.key.seed)
    training.needed = {needed.key.experiment: needed.key.path for needed in planned.needs}
    return training


@contextlib.contextmanager
def _enough_memory(planned: Planned) -> Iterator[None]:
    """Raise UserError if the machine has too little memory."""
    try:
        yield
    except (MemoryError, runtime.tf.errors.ResourceExhaustedError) as error:
        sizes = [
            f"{name.upper()}={value}"
            for name, value in vars(planned.settings).items()
            if name in _SIZES
        ]
        raise UserError(
            f"{planned.key}: too little memory for {' '.join(sizes)}; choose smaller values"
        ) from error


def _check_data(planned: Planned) -> None:
    """Raise UserError if the data changed before the training had read them."""
    if plan.data_used(planned) != directories.read_config(planned.key.path)["spec"]["data"]:
        raise UserError(
            f"{planned.key}: its data were prepared again while it started; "
            "run the command again to use the new data"
        )


def _run_epochs(training: Trainer, planned: Planned, history: list[dict]) -> None:
    epochs, folder = planned.settings.epochs, planned.key.path
    progress = Progress(folder)
    while len(history) < epochs and not training.stopped:
        epoch, began, cpu_began = len(history) + 1, time.perf_counter(), time.process_time()
        metrics = training.train_epoch(epoch, f"{planned.key} {epoch}/{epochs}")
        _check_finite(metrics, planned, epoch)
        seconds = round(time.perf_counter() - began, 3)
        cpu_seconds = round(time.process_time() - cpu_began, 3)
        finished = {"epoch": epoch, "seconds": seconds, "cpu_seconds": cpu_seconds, **metrics}
        saving.save(training, folder, [*history, finished])
        history.append(finished)
        directories.write_history(folder, history)
        is_last = epoch == epochs or training.stopped
        progress.show(training, history, is_last)
        left = (epochs - epoch) * directories.times(history)["seconds"] / epoch
        logging.info(
            "%s: epoch %d/%d in %s, at most %s left; %s",
            *(planned.key, epoch, epochs, _duration(seconds), _duration(left)),
            _metrics_line(metrics),
        )


def _check_finite(metrics: dict[str, float], planned: Planned, epoch: int) -> None:
    """Raise UserError if a loss is no number, before it reaches a checkpoint."""
    if not all(math.isfinite(value) for name, value in metrics.items() if name.endswith("loss")):
        raise UserError(
            f"{planned.key}: the training diverged in epoch {epoch}: its loss is no number; "
            "choose a smaller LEARNING_RATE"
        )


def _check_what_it_reads(planned: Planned, threads: int) -> None:
    """Raise UserError if a run that this one reads has changed: then it cannot be resumed."""
    begun = directories.read_config(planned.key.path)["spec"].get("needs", {})
    if plan.needed_digests(planned, threads) != begun:
        raise UserError(
            f"{planned.key}: {', '.join(begun)}, which it reads, was trained again meanwhile; "
            "run the command again to train both"
        )


def _finish(
    training: Trainer, evaluation: Evaluation, key: directories.RunKey, history: list[dict]
) -> Path:
    """Write all files of a finished run, its result last; return the path of its page."""
    folder = key.path
    weights = [variable.numpy() for variable in training.weights()]
    if training.settings.keeps_weights:
        directories.write_weights(folder, weights)
    export.write(folder / directories.NETWORKS, training.networks())
    result = saving.write_evaluation(training, folder, history, evaluation)
    result["weights_sha256"] = directories.weights_digest(weights)
    page_file = page.write(directories.Run(key, directories.read_config(folder), result))
    directories.write_result(folder, result)
    checkpoints.keep_newest(folder / directories.CHECKPOINT)
    return page_file


@contextlib.contextmanager
def _resumable(planned: Planned, history: list[dict]) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except (KeyboardInterrupt, SystemExit, UserError):
        done = len(history)
        print(f"{planned.key}: the same command resumes after epoch {done}", file=sys.stderr)
        raise


def _metrics_line(epoch: dict) -> str:
    metrics = directories.metrics_of_epoch(epoch)
    return ", ".join(f"{name} {value:.4g}" for name, value in metrics.items())


def _duration(seconds: float) -> datetime.timedelta:
    return datetime.timedelta(seconds=round(seconds))
