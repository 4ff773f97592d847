"""A query as digit images to a written answer: classify each image, then answer the query.

A convolutional network maps every image to a distribution over tokens, which are aligned place by
place; a recurrent network maps these to the answer. Both are trained jointly. The targets are the
answer and the token of each image, so the labels of the training digits are used.
"""

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.arithmetic import CorrectedImage2TextSettings
from lib.data import digits
from lib.data.arithmetic import (
    PADDING,
    QUERY_LENGTH,
    VOCABULARY,
    DigitInstances,
    aligned_answers,
    arithmetic,
    choose_indices,
)
from lib.data.splits import random_split
from lib.models.arithmetic import text2text_corrected
from lib.models.arithmetic.augmentation import random_affine
from lib.models.arithmetic.sequence import AnswerTrainer, all_correct, cosine_decay, weighted_mean
from lib.system.runtime import compile_convolutions
from lib.training.trainer import adamw

layers = tf_keras.layers
SIDE = digits.SIDE


def build_model(settings: CorrectedImage2TextSettings) -> tf_keras.Model:
    """Return images (5, 28, 28, 1) in [0, 1] -> the answer's probabilities (3, 13), and logits of
    the query's tokens (5, 13), which alone determine the answer.
    """
    images = layers.Input((QUERY_LENGTH, SIDE, SIDE, 1))
    logits = layers.TimeDistributed(_image_encoder(settings.filters), name="encoder")(images)
    tokens = layers.Lambda(place_by_place, name="places")(layers.Softmax()(logits))
    answer = text2text_corrected.build_model(settings.units, aligned=True)(tokens)
    return tf_keras.Model(images, [answer, logits])


def _image_encoder(filters: int) -> tf_keras.Sequential:
    return tf_keras.Sequential(
        [
            layers.Input((SIDE, SIDE, 1)),
            *_convolution(filters, 5),
            *_convolution(3 * filters, 3),
            *_convolution(6 * filters, 3),
            layers.Flatten(),
            layers.Dense(len(VOCABULARY)),
        ]
    )


def _convolution(filters: int, size: int) -> list:
    return [
        layers.Conv2D(filters, size, 2, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]


def place_by_place(tokens: tf.Tensor) -> tf.Tensor:
    """Return a query's tokens, (n, 5, 13), as (n, 3, 39): hundreds, tens, units.

    Each place holds the first number's digit, the second's, and the operator, as probabilities
    like `tokens`. These also decide the positions of the operator and of the query's end: the
    result is the sum over the four layouts of two numbers of one or two digits, each weighted by
    the probability of its operator and its end. The weights need not add up to 1. One-hot tokens
    give `aligned_queries`.
    """
    operator = tokens[:, :, VOCABULARY.index("+")] + tokens[:, :, VOCABULARY.index("-")]
    zero = tf.one_hot(tf.zeros_like(tokens[:, 0, 0], tf.int32), len(VOCABULARY))
    aligned = 0.0
    for first in (1, 2):
        ends = tokens[:, first + 2, PADDING]
        for second, fraction in ((1, ends), (2, 1 - ends)):
            digits = tokens[:, :first], tokens[:, first + 1 : first + 1 + second]
            filled = [[zero] * (3 - each.shape[1]) + tf.unstack(each, axis=1) for each in digits]
            places = [
                tf.concat([*pair, tokens[:, first]], axis=-1) for pair in zip(*filled, strict=True)
            ]
            likely = operator[:, first] * fraction
            aligned += likely[:, None, None] * tf.stack(places, axis=1)
    return aligned


def split(settings: CorrectedImage2TextSettings, seed: int) -> dict[str, np.ndarray]:
    """Return the indices of the splits "train" and "test"; each seed draws others."""
    indices = choose_indices(settings.query_count, seed)
    train, test = random_split(
        indices, settings.split_seed + seed, test_size=settings.test_fraction
    )
    return {"train": train, "test": test}


def without_lambda(model: tf_keras.Model) -> tf_keras.Model:
    """Return what `build_model` returns, without its Lambda layer, which cannot be written."""
    images, encoder, softmax, _, answer = model.layers
    logits = encoder(images.output)
    return tf_keras.Model(images.output, [answer(place_by_place(softmax(logits))), logits])


def _pixels(images: tf.Tensor) -> tf.Tensor:
    return tf.cast(images, tf.float32)[..., None] / 255


class CorrectedImage2TextTrainer(AnswerTrainer):
    """Trains on digit instances sampled in each epoch; tests on queries and digits never seen."""

    def __init__(self, settings: CorrectedImage2TextSettings, seed: int) -> None:
        model = build_model(settings)
        compiled = settings.compile and compile_convolutions()
        super().__init__(settings, seed, model, split(settings, seed), compiled)
        rate = cosine_decay(settings.learning_rate, self.train_indices, settings)
        self.optimizers["model"] = adamw(model.trainable_variables, rate, settings.weight_decay)
        self.queries = tf.constant(arithmetic().queries)
        self.tokens = DigitInstances.of(digits.load())
        self.images = tf.constant(self.tokens.images)
        # Each query is evaluated in training instances, those of the test split in unseen ones.
        queries, test = arithmetic().queries, self.splits["test"]
        instances = self.tokens.sample_training(queries, seed)
        instances[test] = self.tokens.sample_unseen(queries, seed)[test]
        self.instances = tf.constant(instances)
        self.training_instances = tf.Variable(self.instances, trainable=False)

    @property
    def answer_codes(self) -> np.ndarray:
        """The correct answers, aligned on the right: uint8 (20000, 3)."""
        return aligned_answers()

    def networks(self) -> dict[str, tf_keras.Model]:
        """Return the model."""
        return {"model": without_lambda(self.model)}

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train on the training split once, in new digit instances."""
        instances = self.tokens.sample_training(arithmetic().queries, self.seed, epoch)
        self.training_instances.assign(instances)
        return super().train_epoch(epoch, title)

    def inputs(self, indices: tf.Tensor) -> tf.Tensor:
        """Return queries as images in [0, 1]: (batch, 5, 28, 28, 1)."""
        return _pixels(self.query_images(indices))

    def query_images(self, indices: tf.Tensor) -> tf.Tensor:
        """Return the images of queries, as they are evaluated: uint8 (n, 5, 28, 28)."""
        return tf.gather(self.images, tf.gather(self.instances, indices))

    def training_inputs(self, indices: tf.Tensor, seeds: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the queries' images, each rotated, zoomed and shifted, and their tokens."""
        settings = self.settings
        images = _pixels(tf.gather(self.images, tf.gather(self.training_instances, indices)))
        warped = random_affine(
            images, seeds, settings.rotation, settings.zoom, settings.translation
        )
        return warped, tf.gather(self.queries, indices)

    def losses(
        self, inputs: tuple[tf.Tensor, tf.Tensor], answers: tf.Tensor, weights: tf.Tensor
    ) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """Return the weighted loss of answers and tokens, and the batch's metrics."""
        images, queries = inputs
        cross_entropy = tf_keras.losses.sparse_categorical_crossentropy
        answered, read = self.model(images, training=True)
        loss = weighted_mean(cross_entropy(answers, answered), weights)
        token_loss = weighted_mean(cross_entropy(queries, read, from_logits=True), weights)
        return loss + self.settings.token_weight * token_loss, {
            "loss": loss,
            "token_loss": token_loss,
            "exact_match": weighted_mean(all_correct(answered, answers), weights),
            "queries_read": weighted_mean(all_correct(read, queries), weights),
        }

    def predict(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return the probabilities of the answers' tokens: (batch, 3, 13)."""
        answered, _ = self.model(inputs, training=False)
        return answered
