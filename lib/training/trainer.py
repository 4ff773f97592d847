"""What all trainings share: the trainer's state, optimizers, the mean of an epoch's metrics."""

import dataclasses
import importlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf
import tf_keras
from tqdm import tqdm

from lib.config.base import Settings


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The results of a finished training: metrics, arrays for figures, other facts."""

    metrics: dict[str, float]
    samples: dict[str, np.ndarray]
    facts: dict[str, object] = dataclasses.field(default_factory=dict)


class Trainer:
    """A model in training; `lib.training.loop` drives it.

    A subclass creates `models` and `optimizers` (by name) in its `__init__`; all other state that
    must outlive the process goes into `arrays` and `facts`.
    """

    in_micro_batches = False  # see `lib.training.micro_batches`
    stopped = False

    def __init__(self, settings: Settings, seed: int) -> None:
        self.settings = settings
        self.seed = seed
        self.models: dict[str, tf_keras.Model] = {}
        self.optimizers: dict[str, tf_keras.optimizers.legacy.Optimizer] = {}
        self.arrays: dict[str, np.ndarray] = {}
        self.facts: dict[str, object] = {}
        # The run directories that `settings.needs` names; set by the loop before the first epoch.
        self.needed: dict[str, Path] = {}

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train for one epoch (counted from 1); return its metrics."""
        raise NotImplementedError

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Evaluate the trained model."""
        raise NotImplementedError

    def networks(self) -> dict[str, tf_keras.Model]:
        """Return the networks of a trained model by name, as they are used after the training."""
        return self.models

    def preview(self) -> np.ndarray | None:
        """Return images that show what the model has learnt so far, None if it has none.

        uint8 (n, height, width) or (n, height, width, 3). Nothing in the training may depend on it.
        """
        return None

    def weights(self) -> list[tf.Variable]:
        """Return the variables of all models, in a fixed order."""
        return [variable for name in sorted(self.models) for variable in self.models[name].weights]

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, object]]:
        """Return the state that resuming needs: arrays, and facts for JSON."""
        variables = {f"variable-{k}": variable.numpy() for k, variable in self._variables()}
        return {**variables, **self.arrays}, self.facts

    def restore(self, arrays: dict[str, np.ndarray], facts: dict[str, object]) -> None:
        """Restore what `state` returned."""
        for k, variable in self._variables():
            variable.assign(arrays.pop(f"variable-{k}"))
        self.arrays, self.facts = arrays, facts

    def _variables(self) -> Iterator[tuple[int, tf.Variable]]:
        slots = [
            variable
            for name in sorted(self.optimizers)
            for variable in self.optimizers[name].variables()
        ]
        return enumerate([*self.weights(), *slots])


def trainer_class(settings: Settings) -> type[Trainer]:
    """Import the class that trains with such settings."""
    module, name = settings.trainer.split(":")
    return getattr(importlib.import_module(module), name)


def adam(model_variables: list[tf.Variable], learning_rate: float, beta_1: float = 0.9):  # noqa: ANN201
    """Return Adam with all its slots created, so that they can be saved before the first step.

    The legacy class updates each variable with one fused operation, unlike the newer one.
    """
    optimizer = tf_keras.optimizers.legacy.Adam(learning_rate, beta_1=beta_1)
    _ = optimizer.iterations
    optimizer._create_all_weights(model_variables)
    return optimizer


def adamw(model_variables: list[tf.Variable], learning_rate: object, weight_decay: float):  # noqa: ANN201
    """Return AdamW (Loshchilov and Hutter, 2019) with all its slots created, as in `adam`.

    `learning_rate` is a number or a Keras schedule, which depends on the saved step alone.
    """
    optimizer = tf_keras.optimizers.AdamW(
        learning_rate, weight_decay=weight_decay, jit_compile=False
    )
    optimizer.build(model_variables)
    return optimizer


def epoch_means(
    batches: Iterable[tuple], count: int, title: str, step: Callable[..., dict[str, tf.Tensor]]
) -> dict[str, float]:
    """Call `step(*batch)` for `count` batches under a progress bar; return its metrics' means.

    As in Keras' `fit`, they are means over examples: a batch has as many as its first array.
    """
    totals: dict[str, object] = {}
    examples = 0.0
    for batch in tqdm(batches, total=count, desc=title, leave=False, disable=None, unit="step"):
        weight = float(len(batch[0]))
        examples += weight
        for name, value in step(*batch).items():
            totals[name] = totals.get(name, 0.0) + value * weight
    return {name: float(total) / examples for name, total in totals.items()}


def reseed(model: tf_keras.Model, seeds: np.random.Generator) -> None:
    """Set the state of every dropout generator in `model`.

    An epoch then does not depend on those before it.
    """
    for layer in model._flatten_layers():
        source = getattr(layer, "_random_generator", None)
        if source is not None and source._generator is not None:
            source._generator.reset_from_seed(int(seeds.integers(2**31)))


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Return images in [0, 1] as uint8."""
    return np.round(np.clip(images, 0, 1) * 255).astype(np.uint8)


def in_blocks(
    function: Callable[..., object], *examples: np.ndarray, size: int = 200
) -> np.ndarray | list[np.ndarray]:
    """Return `function(*examples)`, computed for at most `size` examples at once to bound memory.

    `function` maps arrays with the examples on the first axis to such an array or to a list of
    such arrays, and computes each example by itself. Raises ValueError if there are no examples.
    """
    starts = range(0, len(examples[0]), size)
    found = [function(*(each[start : start + size] for each in examples)) for start in starts]
    return tf.nest.map_structure(lambda *blocks: np.concatenate(blocks), *found)
