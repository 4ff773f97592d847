"""Recurrent encoder-decoder from a query as digit images to a written answer."""

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.arithmetic import Image2TextSettings
from lib.data import digits
from lib.data.arithmetic import QUERY_LENGTH, arithmetic, choose_indices, sample_query_images
from lib.data.splits import random_split
from lib.models.arithmetic.augmentation import random_affine
from lib.models.arithmetic.sequence import AnswerTrainer, answer_decoder, token_images
from lib.models.layers.convlstm import ConvLSTM2D
from lib.models.layers.lstm import LSTM
from lib.system.runtime import compile_convolutions

layers = tf_keras.layers
SIDE = digits.SIDE


def build_model(settings: Image2TextSettings) -> tf_keras.Sequential:
    """Return images (5, 28, 28, 1) -> probabilities of the answer's tokens (3, 13)."""
    if settings.encoder == "flatten":
        encoder = [
            layers.Reshape((QUERY_LENGTH, SIDE * SIDE)),
            LSTM(settings.units, name="encoder"),
        ]
    else:
        encoder = [
            ConvLSTM2D(
                settings.filters,
                3,
                compiled=settings.compile,
                dropout=settings.dropout,
                recurrent_dropout=settings.recurrent_dropout,
                name="encoder",
            ),
            layers.Flatten(),
            layers.Dense(settings.units, activation="relu", name="code"),
        ]
    return tf_keras.Sequential(
        [
            layers.Input((QUERY_LENGTH, SIDE, SIDE, 1)),
            *encoder,
            layers.Dropout(settings.dropout),
            *answer_decoder(settings.units, settings.decoder_dropout, settings.recurrent_dropout),
        ]
    )


def split(settings: Image2TextSettings, seed: int) -> dict[str, np.ndarray]:
    """Return the indices of "train" and "validation"; a seed decides only which queries exist."""
    indices = choose_indices(settings.query_count, seed)
    fraction = settings.validation_fraction
    train, validation = random_split(indices, settings.split_seed, test_size=fraction)
    return {"train": train, "validation": validation}


class Image2TextTrainer(AnswerTrainer):
    """Trains the model on a fraction of the queries and validates it on the others."""

    def __init__(self, settings: Image2TextSettings, seed: int) -> None:
        compiled = settings.compile and (settings.encoder == "flatten" or compile_convolutions())
        super().__init__(settings, seed, build_model(settings), split(settings, seed), compiled)
        self.tokens, self.images = token_images(digits.load())
        self.instances = tf.constant(
            sample_query_images(self.tokens, arithmetic().queries, seed, epoch=0)
        )

    def inputs(self, indices: tf.Tensor) -> tf.Tensor:
        """Return images of queries, (batch, 5, 28, 28, 1) in [0, 1]; rescaled twice, [0, 1/255]."""
        scale = 255 * 255 if self.settings.rescale_twice else 255
        return tf.cast(self.query_images(indices), tf.float32)[..., None] / scale

    def query_images(self, indices: tf.Tensor) -> tf.Tensor:
        """Return the images of queries: uint8 (n, 5, 28, 28)."""
        return tf.gather(self.images, tf.gather(self.instances, indices))

    def training_inputs(self, indices: tf.Tensor, seeds: tf.Tensor) -> tf.Tensor:
        """Return the images of queries, each rotated, zoomed and shifted if AUGMENT is set."""
        images, settings = self.inputs(indices), self.settings
        if not settings.augment:
            return images
        return random_affine(
            images,
            seeds,
            settings.rotation,
            settings.zoom,
            settings.translation,
            settings.interpolations,
        )
