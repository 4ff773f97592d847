"""Plain Keras 2: `fit` and `train_on_batch`, Keras' layers, floating-point arrays in memory.

All of TensorFlow's and Keras' defaults apply: one thread for each core, no XLA, no determinism. So
`lib.system.runtime` is not used.
"""

import functools
import os

import numpy as np

from benchmarks.implementations import PreparedTraining, arrays
from lib.config.arithmetic import (
    Image2TextSettings,
    SequenceSettings,
    Text2ImageSettings,
    Text2TextSettings,
)
from lib.config.base import Settings
from lib.config.faces import GANSettings, VAESettings
from lib.data.arithmetic import ANSWER_LENGTH, QUERY_LENGTH, VOCABULARY
from lib.data.digits import SIDE
from lib.system import native_messages

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with native_messages.held():
    import tensorflow as tf
    import tf_keras

layers = tf_keras.layers
FACE_SIDE = 64


@functools.singledispatch
def prepare(settings: Settings) -> PreparedTraining:
    """Return a training in plain Keras."""
    raise TypeError(f"no Keras implementation for {type(settings).__name__}")


class Sampling(layers.Layer):
    """Samples latents from their means and log-variances."""

    def call(self, inputs: list[tf.Tensor]) -> tf.Tensor:
        """Return (batch, latent)."""
        mean, log_variance = inputs
        return mean + tf.exp(log_variance / 2) * tf.random.normal(tf.shape(mean))


def downsampling(filters: int, outputs: int) -> tf_keras.Sequential:
    """Return images (64, 64, 3) -> (outputs,) in (0, 1)."""
    model = tf_keras.Sequential([layers.Input((FACE_SIDE, FACE_SIDE, 3))])
    for _ in range(5):
        model.add(layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(outputs, activation="sigmoid"))
    return model


def upsampling(filters: int, latent_dim: int, activation: str) -> tf_keras.Sequential:
    """Return latents (latent_dim,) -> images (64, 64, 3)."""
    model = tf_keras.Sequential([layers.Input((latent_dim,))])
    model.add(layers.Dense(4 * 4 * 64))
    model.add(layers.Reshape((4, 4, 64)))
    for _ in range(4):
        model.add(layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2D(3, 3, padding="same", activation=activation))
    return model


@prepare.register
def _(settings: VAESettings) -> PreparedTraining:
    images = layers.Input((FACE_SIDE, FACE_SIDE, 3))
    features = downsampling(settings.filters, 2 * settings.latent_dim)(images)
    posterior = [layers.Dense(settings.latent_dim)(features) for _ in range(2)]
    decoder = upsampling(settings.filters, settings.latent_dim, "sigmoid")
    model = tf_keras.Model(images, decoder(Sampling()(posterior)))
    optimizer = tf_keras.optimizers.Adam(settings.learning_rate)
    model.compile(loss="binary_crossentropy", optimizer=optimizer)
    faces = arrays.scaled_faces(settings.image_count)
    return PreparedTraining(
        lambda: model.fit(faces, faces, batch_size=settings.batch_size, verbose=0),
        len(faces),
        model.count_params(),
    )


@prepare.register
def _(settings: GANSettings) -> PreparedTraining:
    optimizer = tf_keras.optimizers.legacy.Adam(settings.learning_rate, beta_1=settings.adam_beta_1)
    generator = upsampling(settings.filters, settings.latent_dim, "tanh")
    discriminator = downsampling(settings.filters, 1)
    discriminator.compile(loss="binary_crossentropy", optimizer=optimizer)
    discriminator.trainable = False
    both = tf_keras.Sequential([layers.Input((settings.latent_dim,)), generator, discriminator])
    both.compile(loss="binary_crossentropy", optimizer=optimizer)
    faces = arrays.scaled_faces(settings.image_count) * 2 - 1
    batch, half = settings.batch_size, settings.batch_size // 2
    labels = np.concatenate([np.ones((half, 1)), np.zeros((half, 1))])

    def train() -> None:
        for _ in range(settings.steps_per_epoch):
            real = faces[np.random.randint(0, len(faces), half)]
            noise = np.random.normal(size=(half, settings.latent_dim))
            generated = generator.predict(noise, verbose=0)
            discriminator.train_on_batch(np.concatenate([real, generated]), labels)
            noise = np.random.normal(size=(batch, settings.latent_dim))
            both.train_on_batch(noise, np.ones((batch, 1)))

    parameters = generator.count_params() + discriminator.count_params()
    return PreparedTraining(train, settings.steps_per_epoch * batch, parameters)


@prepare.register
def _(settings: Text2TextSettings) -> PreparedTraining:
    model = _encoder_decoder(settings.units, 1, 1)
    model.add(layers.TimeDistributed(layers.Dense(len(VOCABULARY), activation="softmax")))
    queries, answers = arrays.tokens(np.concatenate(arrays.splits(settings)))
    return _fitted(model, settings, arrays.one_hot(queries), arrays.one_hot(answers))


@prepare.register
def _(settings: Text2ImageSettings) -> PreparedTraining:
    model = _encoder_decoder(settings.units, settings.encoder_layers, settings.decoder_layers)
    model.add(layers.TimeDistributed(layers.Dense(SIDE * SIDE, activation="sigmoid")))
    queries, answers = arrays.tokens(np.concatenate(arrays.splits(settings)))
    images = arrays.token_images(answers).reshape(-1, ANSWER_LENGTH, SIDE * SIDE)
    return _fitted(model, settings, arrays.one_hot(queries), images, loss="mse", metric="mae")


def _encoder_decoder(units: int, encoder_layers: int, decoder_layers: int) -> tf_keras.Sequential:
    """Return one-hot queries (5, 13) -> (3, units)."""
    model = tf_keras.Sequential([layers.Input((QUERY_LENGTH, len(VOCABULARY)))])
    for index in range(encoder_layers):
        model.add(layers.LSTM(units, return_sequences=index < encoder_layers - 1))
    model.add(layers.RepeatVector(ANSWER_LENGTH))
    for _ in range(decoder_layers):
        model.add(layers.LSTM(units, return_sequences=True))
    return model


@prepare.register
def _(settings: Image2TextSettings) -> PreparedTraining:
    model = tf_keras.Sequential([layers.Input((QUERY_LENGTH, SIDE, SIDE, 1))])
    model.add(layers.Rescaling(1 / 255))  # a second time, as in the original
    black = {"fill_mode": "constant", "fill_value": 0}
    for layer in (
        layers.RandomRotation(settings.rotation, **black),
        layers.RandomZoom(settings.zoom, **black),
        layers.RandomTranslation(settings.translation, settings.translation, **black),
    ):
        model.add(layers.TimeDistributed(layer))
    if settings.encoder == "flatten":
        model.add(layers.TimeDistributed(layers.Flatten()))
        model.add(layers.LSTM(settings.units))
    else:
        model.add(
            layers.ConvLSTM2D(
                settings.filters,
                3,
                padding="same",
                recurrent_activation="sigmoid",
                dropout=settings.dropout,
                recurrent_dropout=settings.recurrent_dropout,
            )
        )
        model.add(layers.Flatten())
        model.add(layers.Dense(settings.units, activation="relu"))
    model.add(layers.Dropout(settings.dropout))
    model.add(layers.RepeatVector(ANSWER_LENGTH))
    model.add(
        layers.LSTM(
            settings.units,
            return_sequences=True,
            dropout=settings.decoder_dropout,
            recurrent_dropout=settings.recurrent_dropout,
        )
    )
    model.add(layers.TimeDistributed(layers.Dense(len(VOCABULARY), activation="softmax")))
    queries, answers = arrays.tokens(np.concatenate(arrays.splits(settings)))
    return _fitted(model, settings, arrays.token_images(queries), arrays.one_hot(answers))


def _fitted(
    model: tf_keras.Model,
    settings: SequenceSettings,
    inputs: np.ndarray,
    targets: np.ndarray,
    loss: str = "categorical_crossentropy",
    metric: str = "accuracy",
) -> PreparedTraining:
    """Return a training with `fit`; the last examples are the validation split."""
    optimizer = tf_keras.optimizers.Adam(settings.learning_rate)
    model.compile(optimizer=optimizer, loss=loss, metrics=[metric])
    options = {
        "batch_size": settings.batch_size,
        "validation_split": settings.validation_fraction,
        "verbose": 0,
    }
    return PreparedTraining(
        lambda: model.fit(inputs, targets, **options),
        int(len(inputs) * (1 - settings.validation_fraction)),
        model.count_params(),
    )
