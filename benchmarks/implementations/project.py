"""This project: the `train_epoch` that the experiments call, in TensorFlow as they start it."""

import itertools

from benchmarks import flops
from benchmarks.implementations import PreparedTraining
from lib.config.base import Settings
from lib.config.faces import GANSettings, VAESettings
from lib.system import runtime
from lib.training.trainer import Trainer, trainer_class

tf = runtime.tf
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
        flops=_flops(training),
    )


def _examples(training: Trainer) -> int:
    settings = training.settings
    if isinstance(settings, GANSettings):
        return settings.steps_per_epoch * settings.batch_size
    if isinstance(settings, VAESettings):
        return len(training.faces.images)
    return len(training.train_indices)


def _flops(training: Trainer) -> int:
    if isinstance(training.settings, GANSettings):
        return flops.gan_step(_layers(training.generator), _layers(training.discriminator))
    models = training.models
    names = ["encoder", "decoder"] if "encoder" in models else list(models)
    return flops.chain_step([count for name in names for count in _layers(models[name])])


def _layers(model: runtime.tf_keras.Model) -> list[int]:
    """Return the multiply-adds of every layer that has any, in order."""
    counts = []
    for layer in model._flatten_layers(include_self=False):
        if layer.weights and not hasattr(layer, "layers") and hasattr(layer, "output_shape"):
            shapes = [tuple(weight.shape) for weight in layer.weights]
            kind = type(layer).__name__
            counts.append(flops.multiply_adds(kind, layer.input_shape, layer.output_shape, shapes))
    return counts
