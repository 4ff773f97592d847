"""Recurrent encoder-decoder from a written query to a written answer."""

import tensorflow as tf
import tf_keras

from lib.config.arithmetic import Text2TextSettings
from lib.data.arithmetic import QUERY_LENGTH, VOCABULARY, arithmetic, choose_indices
from lib.data.splits import random_split, split_off_last
from lib.models.arithmetic.sequence import AnswerTrainer, answer_decoder
from lib.models.layers.lstm import LSTM

layers = tf_keras.layers


def build_model(units: int) -> tf_keras.Sequential:
    """Return one-hot queries (5, 13) -> probabilities of the answer's tokens (3, 13)."""
    return tf_keras.Sequential(
        [
            layers.Input((QUERY_LENGTH, len(VOCABULARY))),
            LSTM(units, name="encoder"),
            *answer_decoder(units),
        ]
    )


def split(settings: Text2TextSettings, seed: int) -> dict:
    """Return the indices of each split: a random test split, validation the last of the rest."""
    indices = choose_indices(settings.query_count, seed)
    rest, test = random_split(indices, settings.split_seed, train_size=settings.train_fraction)
    train, validation = split_off_last(rest, settings.validation_fraction)
    return {"train": train, "validation": validation, "test": test}


class Text2TextTrainer(AnswerTrainer):
    """Trains the model on a fraction of the queries and tests it on the others."""

    def __init__(self, settings: Text2TextSettings, seed: int) -> None:
        super().__init__(
            settings, seed, build_model(settings.units), split(settings, seed), settings.compile
        )
        self.queries = tf.constant(arithmetic().queries)

    def inputs(self, indices: tf.Tensor) -> tf.Tensor:
        """Return queries as one-hot tokens: (batch, 5, 13)."""
        return tf.one_hot(tf.gather(self.queries, indices), len(VOCABULARY))
