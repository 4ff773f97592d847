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
    QUERY_LENGTH,
    VOCABULARY,
    DigitInstances,
    aligned_answers,
    arithmetic,
    choose_indices,
)
from lib.data.splits import random_split
from lib.models.arithmetic import text2text_corrected
from lib.models.arithmetic.alignment import place_by_place
from lib.models.arithmetic.augmentation import random_affine
from lib.models.arithmetic.sequence import (
    AnswerTrainer,
    all_correct,
    cosine_decay,
    weighted_mean,
)
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
        self.instances = tf.constant(self._evaluated_instances())
        self.training_instances = tf.Variable(self.instances, trainable=False)

    @property
    def answer_codes(self) -> np.ndarray:
        """The correct answers, aligned on the right: uint8 (20000, 3)."""
        return aligned_answers()

    def networks(self) -> dict[str, tf_keras.Model]:
        """Return the model."""
        return {"model": without_lambda(self.model)}

    def _evaluated_instances(self) -> np.ndarray:
        """Return the instances that each query is evaluated in: unseen ones for the test split."""
        instances = self.tokens.sample_training(arithmetic().queries, self.seed)
        test = self.splits["test"]
        instances[test] = self.tokens.sample_unseen(arithmetic().queries, self.seed)[test]
        return instances

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train on the training split once, in new digit instances."""
        instances = self.tokens.sample_training(arithmetic().queries, self.seed, epoch)
        self.training_instances.assign(instances)
        return super().train_epoch(epoch, title)

    def inputs(self, indices: tf.Tensor) -> tf.Tensor:
        """Return queries as images in [0, 1]: (batch, 5, 28, 28, 1)."""
        return self._pixels(tf.gather(self.instances, indices))

    def _pixels(self, instances: tf.Tensor) -> tf.Tensor:
        return tf.cast(tf.gather(self.images, instances), tf.float32)[..., None] / 255

    def shown_inputs(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        """Return the images of queries: uint8 (n, 5, 28, 28)."""
        images = tf.gather(self.images, tf.gather(self.instances, indices))
        return {"answered_images": images.numpy()}

    def training_inputs(self, indices: tf.Tensor, seeds: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the queries' images, each rotated, zoomed and shifted, and their tokens."""
        settings = self.settings
        images = self._pixels(tf.gather(self.training_instances, indices))
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
