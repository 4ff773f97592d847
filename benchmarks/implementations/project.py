"""This project: the `train_epoch` that the experiments call, in TensorFlow as they start it."""

import itertools

from benchmarks.implementations import PreparedTraining
from lib.config.base import Settings
from lib.config.faces import GANSettings, VAESettings
from lib.system import runtime
from lib.training.trainer import Trainer, trainer_class

SEED = 0


def start(threads: int, settings: Settings) -> None:
    """Set up TensorFlow as a training with these settings does."""
    runtime.start(threads, SEED, trainer_class(settings).in_micro_batches)


def prepare(settings: Settings) -> PreparedTraining:
    """Return an experiment's training with these settings."""
    training = trainer_class(settings)(settings, SEED)
    epochs = itertools.count(1)
    return PreparedTraining(
        train_epoch=lambda: training.train_epoch(next(epochs), ""),
        examples=_examples(training),
        parameters=sum(model.count_params() for model in training.models.values()),
    )


def _examples(training: Trainer) -> int:
    settings = training.settings
    if isinstance(settings, GANSettings):
        return settings.steps_per_epoch * settings.batch_size
    if isinstance(settings, VAESettings):
        return len(training.faces.images)
    return len(training.train_indices)
