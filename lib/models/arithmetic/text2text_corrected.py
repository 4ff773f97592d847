"""A written query to a written answer, from few examples: aligned numbers and derived examples."""

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.arithmetic import CorrectedText2TextSettings
from lib.data.arithmetic import (
    ANSWER_LENGTH,
    QUERY_LENGTH,
    VOCABULARY,
    aligned_answers,
    aligned_queries,
    arithmetic,
    choose_indices,
    exchanged_indices,
    fact_families,
)
from lib.data.splits import random_split
from lib.models.arithmetic.sequence import AnswerTrainer, cosine_decay
from lib.system.errors import UserError
from lib.training.trainer import adamw

layers = tf_keras.layers


def build_model(units: int, aligned: bool) -> tf_keras.Sequential:
    """Return one-hot queries -> probabilities of the answer's tokens (3, 13).

    Aligned queries are (3, 39): a place's two digits and the operator. As text they are (5, 13).
    """
    if aligned:
        front = [layers.Input((ANSWER_LENGTH, 3 * len(VOCABULARY))), _bidirectional(units, True)]
    else:
        front = [
            layers.Input((QUERY_LENGTH, len(VOCABULARY))),
            _bidirectional(units, False),
            layers.RepeatVector(ANSWER_LENGTH),
        ]
    tokens = layers.Dense(len(VOCABULARY), activation="softmax", name="tokens")
    return tf_keras.Sequential([*front, _bidirectional(units, True), tokens])


def _bidirectional(units: int, return_sequences: bool) -> layers.Layer:
    return layers.Bidirectional(layers.GRU(units, return_sequences=return_sequences, unroll=True))


def split(settings: CorrectedText2TextSettings, seed: int) -> dict[str, np.ndarray]:
    """Return the indices of each split: "train" at random, "test" all others.

    "test_not_derivable" are the test queries whose answer does not follow from a training query's.
    Each seed samples other queries to train on; seed 0 samples the original's. Raises UserError if
    a split would be empty.
    """
    indices = choose_indices(settings.query_count, seed)
    train, test = random_split(
        indices, settings.split_seed + seed, train_size=settings.train_fraction
    )
    not_derivable = np.setdiff1d(test, fact_families(train))
    if not len(not_derivable):
        raise UserError(
            f"TRAIN_FRACTION={settings.train_fraction:g}: every other query follows from the "
            "training queries, and none is left to test on; choose a smaller fraction"
        )
    return {"train": train, "test": test, "test_not_derivable": not_derivable}


def _derived(indices: np.ndarray, how: str) -> np.ndarray:
    if how == "exchanged":
        return np.union1d(indices, exchanged_indices(indices))
    return fact_families(indices) if how == "families" else indices


class CorrectedText2TextTrainer(AnswerTrainer):
    """Trains on few queries, and on what follows from them; tests on all others.

    What follows may be a query of the split "test"; none of "test_not_derivable" is trained on.
    """

    def __init__(self, settings: CorrectedText2TextSettings, seed: int) -> None:
        model = build_model(settings.units, settings.align)
        super().__init__(settings, seed, model, split(settings, seed), settings.compile)
        self.train_indices = _derived(self.train_indices, settings.derive)
        rate = cosine_decay(settings.learning_rate, self.train_indices, settings)
        self.optimizers["model"] = adamw(model.trainable_variables, rate, settings.weight_decay)
        self.queries = tf.constant(aligned_queries() if settings.align else arithmetic().queries)

    @property
    def answer_codes(self) -> np.ndarray:
        """The correct answers, aligned on the right if the queries are."""
        return aligned_answers() if self.settings.align else arithmetic().answers

    def inputs(self, indices: tf.Tensor) -> tf.Tensor:
        """Return queries as one-hot tokens: (batch, 3, 39), or (batch, 5, 13) as text."""
        tokens = tf.one_hot(tf.gather(self.queries, indices), len(VOCABULARY))
        return tf.reshape(tokens, (-1, *self.model.input_shape[1:]))
