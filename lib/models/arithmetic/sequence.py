"""What trainings on queries share: inputs, losses, the training step, evaluation of answers."""

import dataclasses

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.base import Settings
from lib.data import digits
from lib.data.arithmetic import ANSWER_LENGTH, VOCABULARY, TokenImages, arithmetic, decode
from lib.metrics.sequences import exact_match, per_character_accuracy
from lib.models.layers.lstm import LSTM
from lib.system.randomness import generator
from lib.training.epochs import Steps, batch_count, padded_batches, seeds_from
from lib.training.trainer import Evaluation, Trainer, adam, reseed

layers = tf_keras.layers
ANSWERS_KEPT = 12
EVALUATION_BATCH = 100


def token_images(prepared: digits.Digits) -> tuple[TokenImages, tf.Tensor]:
    """Return the tokens in the digit instances to train on, and their images as a constant.

    On a CPU both are one piece of memory.
    """
    tokens = TokenImages.for_training(prepared)
    images = tf.constant(tokens.images)
    return dataclasses.replace(tokens, images=np.asarray(images)), images


def cosine_decay(
    rate: float, indices: np.ndarray, settings: Settings
) -> tf_keras.optimizers.schedules.LearningRateSchedule:
    """Return a learning rate that falls to 0 along half a cosine, at the last step of all.

    Loshchilov and Hutter, 2017, "SGDR", without restarts.
    """
    steps = settings.epochs * batch_count(indices, settings.batch_size)
    return tf_keras.optimizers.schedules.CosineDecay(rate, steps)


def weighted_mean(values: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Return the mean over the examples of weight 1 of each one's mean of `values` (batch, ...)."""
    per_example = tf.reduce_mean(tf.reshape(values, (tf.shape(values)[0], -1)), axis=1)
    return tf.reduce_sum(per_example * weights) / tf.reduce_sum(weights)


def _correct(scores: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
    return tf.equal(tf.argmax(scores, -1, tf.int32), tf.cast(codes, tf.int32))


def all_correct(scores: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
    """Return 1 where the likeliest tokens (batch, n, 13) are all correct, else 0: (batch,)."""
    return tf.cast(tf.reduce_all(_correct(scores, codes), axis=1), tf.float32)


class AnswerTrainer(Trainer):
    """Trains a model that answers in tokens; a subclass gives the model and its inputs.

    `model` maps inputs to probabilities (batch, 3, 13), unless a subclass overrides `losses` and
    `predict`. `splits` has the indices of queries in `lib.data.arithmetic`: "train", perhaps
    "validation", and others. Some answers on the last split are kept.
    """

    def __init__(
        self,
        settings: Settings,
        seed: int,
        model: tf_keras.Model,
        splits: dict[str, np.ndarray],
        compiled: bool,
    ) -> None:
        super().__init__(settings, seed)
        self.model = model
        self.models["model"] = model
        self.splits = splits
        self.optimizers["model"] = adam(model.trainable_variables, settings.learning_rate)
        self.train_indices = splits["train"]
        self.answers = tf.constant(self.answer_codes)
        self._compiled_step = tf.function(self.train_step, jit_compile=compiled)
        self._compiled_predict = tf.function(self.predict, jit_compile=compiled)
        self._steps = Steps(
            tf.function(
                lambda indices, weights, seeds: self._compiled_step(
                    self.training_inputs(indices, seeds), tf.gather(self.answers, indices), weights
                )
            )
        )
        self._predict_step = tf.function(
            lambda indices: self._compiled_predict(self.inputs(indices))
        )

    @property
    def answer_codes(self) -> np.ndarray:
        """The correct answer to every query, as the model has to write it: uint8 (20000, 3)."""
        return arithmetic().answers

    def inputs(self, indices: tf.Tensor) -> tf.Tensor:
        """Return the model's inputs for queries `indices`, as they are evaluated."""
        raise NotImplementedError

    def training_inputs(self, indices: tf.Tensor, seeds: tf.Tensor) -> tf.Tensor:
        """Return the model's inputs for training; `seeds` (2,) decides any augmentation."""
        del seeds
        return self.inputs(indices)

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train on the training split once, in random order, then evaluate any validation split."""
        reseed(self.model, generator(self.seed, "dropout", epoch))
        indices = generator(self.seed, "shuffle", epoch).permutation(self.train_indices)
        seeds = seeds_from(generator(self.seed, "augmentation", epoch))
        metrics = self._steps.epoch(indices, self.settings.batch_size, title, seeds)
        if "validation" in self.splits:
            validation = self.evaluate(self.splits["validation"])
            metrics |= {f"val_{name}": value for name, value in validation.items()}
        return metrics

    def evaluate(self, indices: np.ndarray) -> dict[str, float]:
        """Return loss, per-character accuracy (as published) and exact match over `indices`."""
        losses, predicted = self._predicted(indices)
        answers = self.answer_codes[indices]
        return {
            "loss": float(np.mean(losses)),
            "accuracy": per_character_accuracy(predicted, answers),
            "exact_match": exact_match(predicted, answers),
        }

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Evaluate every split; keep some answers on the last one, and some of its mistakes."""
        metrics = {
            f"{split}_{name}": value
            for split, indices in self.splits.items()
            for name, value in self.evaluate(indices).items()
        }
        *_, unseen = self.splits.values()
        shown = generator(self.seed, "mistakes").permutation(unseen)[:ANSWERS_KEPT]
        facts = {"mistakes": self.mistakes(unseen), "answers": self._as_texts(shown)}
        images = self.query_images(shown)
        samples = {} if images is None else {"answered_images": images.numpy()}
        return Evaluation(metrics, samples, facts)

    def query_images(self, indices: np.ndarray) -> tf.Tensor | None:
        """Return the images of queries, uint8 (n, 5, 28, 28); None if they are texts."""
        del indices

    def mistakes(self, indices: np.ndarray) -> list[dict[str, str]]:
        """Return the first wrong answers of `indices`, in a random but fixed order."""
        indices = generator(self.seed, "mistakes").permutation(indices)
        predicted = self._predicted(indices)[1]
        wrong = (predicted != self.answer_codes[indices]).any(axis=1)
        return self._as_texts(indices[wrong][:ANSWERS_KEPT])

    def _as_texts(self, indices: np.ndarray) -> list[dict[str, str]]:
        """Return each query, its correct answer and the predicted one."""
        if not len(indices):
            return []
        queries, answers = arithmetic().queries[indices], self.answer_codes[indices]
        codes = queries, answers, self._predicted(indices)[1]
        return [
            {"query": query, "answer": answer, "predicted": predicted}
            for query, answer, predicted in zip(*map(decode, codes), strict=True)
        ]

    def _predicted(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        losses, codes = [], []
        for batch, weights in padded_batches(indices, EVALUATION_BATCH):
            probabilities = self._predict_step(batch).numpy()[weights > 0]
            target = self.answer_codes[batch[weights > 0]].astype(np.int64)
            chosen = np.take_along_axis(probabilities, target[..., None], axis=-1)[..., 0]
            losses.append(-np.log(np.maximum(chosen, 1e-7)))
            codes.append(probabilities.argmax(axis=-1))
        return np.concatenate(losses), np.concatenate(codes)

    def train_step(
        self, inputs: tf.Tensor, answers: tf.Tensor, weights: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Take a step of the optimizer on a batch; return its metrics."""
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            loss, metrics = self.losses(inputs, answers, weights)
        gradients = tape.gradient(loss, variables)
        self.optimizers["model"].apply_gradients(zip(gradients, variables, strict=True))
        return metrics

    def losses(
        self, inputs: tf.Tensor, answers: tf.Tensor, weights: tf.Tensor
    ) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """Return the loss that a step on a batch minimises, and the batch's metrics."""
        probabilities = self.model(inputs, training=True)
        losses = tf_keras.losses.sparse_categorical_crossentropy(answers, probabilities)
        loss = weighted_mean(losses, weights)
        correct = tf.cast(_correct(probabilities, answers), tf.float32)
        return loss, {
            "loss": loss,
            "accuracy": weighted_mean(correct, weights),
            "exact_match": weighted_mean(all_correct(probabilities, answers), weights),
        }

    def predict(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return the probabilities of the answers' tokens: (batch, 3, 13)."""
        return self.model(inputs, training=False)


def answer_decoder(units: int, dropout: float = 0.0, recurrent_dropout: float = 0.0) -> list:
    """Return the layers from an encoded query (units,) to probabilities (3, 13)."""
    return [
        layers.RepeatVector(ANSWER_LENGTH),
        LSTM(
            units,
            repeated=True,
            return_sequences=True,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            name="decoder",
        ),
        layers.Dense(len(VOCABULARY), activation="softmax", name="tokens"),
    ]
