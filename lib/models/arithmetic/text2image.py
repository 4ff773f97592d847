"""Recurrent encoder-decoder from a written query to an answer as digit images."""

import dataclasses

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.arithmetic import Text2ImageSettings
from lib.data import digits
from lib.data.arithmetic import (
    ANSWER_LENGTH,
    QUERY_LENGTH,
    VOCABULARY,
    arithmetic,
    as_texts,
    choose_indices,
    encode,
    sample_query_images,
)
from lib.data.splits import split_off_last
from lib.models.arithmetic.sequence import EVALUATION_BATCH, token_images, weighted_mean
from lib.models.layers.lstm import LSTM
from lib.system.randomness import generator
from lib.training.epochs import Steps, padded_batches
from lib.training.schedules import EarlyStopping, ReduceOnPlateau
from lib.training.trainer import Evaluation, Trainer, adam, to_uint8
from lib.visual.sheets import strips

layers = tf_keras.layers
SIDE = digits.SIDE
PREVIEWED = 12  # answers that are shown after each epoch
KEPT = 200  # queries of each split whose generated answers are kept
SHOWN = "46+69"  # the query of the original's figure 14


def build_model(settings: Text2ImageSettings) -> tf_keras.Sequential:
    """Return one-hot queries (5, 13) -> pixels in (0, 1) of the answer's images (3, 784)."""
    last = settings.encoder_layers - 1
    return tf_keras.Sequential(
        [
            layers.Input((QUERY_LENGTH, len(VOCABULARY))),
            *(
                LSTM(settings.units, return_sequences=k < last, name=f"encoder_{k + 1}")
                for k in range(settings.encoder_layers)
            ),
            layers.RepeatVector(ANSWER_LENGTH),
            *(
                LSTM(
                    settings.units,
                    repeated=k == 0,
                    return_sequences=True,
                    name=f"decoder_{k + 1}",
                )
                for k in range(settings.decoder_layers)
            ),
            layers.Dense(SIDE * SIDE, activation="sigmoid", name="pixels"),
        ]
    )


def split(settings: Text2ImageSettings, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices to train on and to validate on: in order as published, or at random."""
    indices = choose_indices(settings.query_count, seed)
    if settings.validation == "random":
        indices = generator(seed, "split").permutation(indices)
    return split_off_last(indices, settings.validation_fraction)


class Text2ImageTrainer(Trainer):
    """Trains the model until its validation loss stops falling; keeps the best weights."""

    def __init__(self, settings: Text2ImageSettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.model = build_model(settings)
        self.models["model"] = self.model
        self.optimizers["model"] = adam(self.model.trainable_variables, settings.learning_rate)
        self.stopping = EarlyStopping(settings.stop_patience)
        self.reducing = ReduceOnPlateau(
            settings.reduce_patience, settings.reduce_factor, settings.minimum_learning_rate
        )
        self.train_indices, self.validation_indices = split(settings, seed)
        self.tokens, self.images = token_images(digits.load())
        self.instances = tf.constant(self._sample_instances(epoch=0))
        self.training_instances = tf.Variable(self.instances, trainable=False)
        self.queries = tf.constant(arithmetic().queries)
        self._steps = Steps(tf.function(self.train_step, jit_compile=settings.compile))
        self._compiled_errors = tf.function(self._errors, jit_compile=settings.compile)

    @property
    def stopped(self) -> bool:
        """Whether the validation loss has not fallen for too long."""
        return self.stopping.stopped

    def _sample_instances(self, epoch: int) -> np.ndarray:
        return sample_query_images(self.tokens, arithmetic().answers, self.seed, epoch)

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train on the training split once, then evaluate the validation split."""
        if self.settings.resample_digits:
            self.training_instances.assign(self._sample_instances(epoch))
        indices = generator(self.seed, "shuffle", epoch).permutation(self.train_indices)
        metrics = self._steps.epoch(indices, self.settings.batch_size, title)
        validation = self.evaluate(self.validation_indices)
        rate = self.optimizers["model"].learning_rate
        metrics |= {f"val_{name}": value for name, value in validation.items()}
        metrics["learning_rate"] = float(rate.numpy())
        if self.stopping.update(epoch, metrics["val_loss"]):
            self.arrays |= {
                f"best-{k}": weight for k, weight in enumerate(self.model.get_weights())
            }
        rate.assign(self.reducing.update(metrics["val_loss"], metrics["learning_rate"]))
        return metrics

    def evaluate(self, indices: np.ndarray) -> dict[str, float]:
        """Return the mean squared ("loss") and mean absolute ("mae") error per pixel."""
        totals = np.zeros(2)
        for batch, weights in padded_batches(indices, EVALUATION_BATCH):
            totals += np.array(self._compiled_errors(batch, weights)) * weights.sum()
        loss, mae = totals / len(indices)
        return {"loss": float(loss), "mae": float(mae)}

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, object]]:
        """Return the state that resuming needs, with the best weights and the schedules' memory."""
        rate = float(self.optimizers["model"].learning_rate.numpy())
        self.facts = {
            "stopping": dataclasses.asdict(self.stopping),
            "reducing": dataclasses.asdict(self.reducing),
            "learning_rate": rate,
        }
        return super().state()

    def restore(self, arrays: dict[str, np.ndarray], facts: dict[str, object]) -> None:
        """Restore what `state` returned."""
        super().restore(arrays, facts)
        self.stopping = EarlyStopping(**facts["stopping"])
        self.reducing = ReduceOnPlateau(**facts["reducing"])
        self.optimizers["model"].learning_rate.assign(facts["learning_rate"])

    def _inputs(self, indices: tf.Tensor) -> tf.Tensor:
        return tf.one_hot(tf.gather(self.queries, indices), len(VOCABULARY))

    def targets(self, indices: tf.Tensor, instances: tf.Tensor) -> tf.Tensor:
        """Return the answers of queries in digit `instances` (20000, 3): pixels (batch, 3, 784)."""
        images = tf.cast(self._images(indices, instances), tf.float32)
        return tf.reshape(images / 255, (-1, ANSWER_LENGTH, SIDE * SIDE))

    def _images(self, indices: tf.Tensor, instances: tf.Tensor) -> tf.Tensor:
        return tf.gather(self.images, tf.gather(instances, indices))

    def train_step(self, indices: tf.Tensor, weights: tf.Tensor) -> dict[str, tf.Tensor]:
        """Take a step of Adam on a batch of queries; return its losses."""
        targets = self.targets(indices, self.training_instances)
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            errors = self.model(self._inputs(indices), training=True) - targets
            loss = weighted_mean(tf.square(errors), weights)
        gradients = tape.gradient(loss, variables)
        self.optimizers["model"].apply_gradients(zip(gradients, variables, strict=True))
        return {"loss": loss, "mae": weighted_mean(tf.abs(errors), weights)}

    def _errors(self, indices: tf.Tensor, weights: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        errors = self.model(self._inputs(indices), training=False)
        errors -= self.targets(indices, self.instances)
        return weighted_mean(tf.square(errors), weights), weighted_mean(tf.abs(errors), weights)

    def networks(self) -> dict[str, tf_keras.Model]:
        """Return the model with its best weights."""
        self._restore_best()
        return self.models

    def _restore_best(self) -> None:
        count = len(self.model.weights)
        self.model.set_weights([self.arrays[f"best-{k}"] for k in range(count)])

    def preview(self) -> np.ndarray:
        """Return the answers to some validation queries, each as one image (28, 84)."""
        indices = self._chosen("validation", self.validation_indices)[:PREVIEWED]
        return strips(self.generate(indices))

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Restore the best weights, evaluate them, and generate the answers to some queries.

        Training and validation queries are kept apart: the original shows answers to any of them.
        """
        self._restore_best()
        splits = {"validation": self.validation_indices, "training": self.train_indices}
        (shown,) = np.flatnonzero((arithmetic().queries == encode([SHOWN])).all(axis=1))
        chosen = {name: self._chosen(name, indices) for name, indices in splits.items()}
        chosen["shown"] = np.array([shown])
        samples = {}
        for name, indices in chosen.items():
            samples[f"{name}_predictions"] = self.generate(indices)
            samples[f"{name}_targets"] = self._images(indices, self.instances).numpy()
        return Evaluation(
            metrics={
                f"{split}_{name}": value
                for split, indices in splits.items()
                for name, value in self.evaluate(indices).items()
            },
            samples=samples,
            facts={
                "best_epoch": self.stopping.best_epoch,
                "examples": {name: as_texts(indices) for name, indices in chosen.items()},
                "shown_is_trained_on": bool(np.isin(shown, self.train_indices)),
            },
        )

    def _chosen(self, split: str, indices: np.ndarray) -> np.ndarray:
        """Return the queries of a split whose generated answers are kept."""
        return generator(self.seed, f"drawn {split} queries").permutation(indices)[:KEPT]

    def generate(self, indices: np.ndarray) -> np.ndarray:
        """Return the images generated for queries `indices`, (n,): uint8 (n, 3, 28, 28)."""
        generated = [
            self.model(self._inputs(batch)).numpy()[weights > 0]
            for batch, weights in padded_batches(indices, EVALUATION_BATCH)
        ]
        return to_uint8(np.concatenate(generated).reshape(-1, ANSWER_LENGTH, SIDE, SIDE))
