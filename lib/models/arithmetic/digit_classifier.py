"""A small convolutional network that classifies images of tokens, to evaluate other models."""

from pathlib import Path

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.arithmetic import DigitClassifierSettings, Image2TextSettings
from lib.data import digits
from lib.data.arithmetic import VOCABULARY, DigitInstances, TokenImages, arithmetic
from lib.data.digits import SIDE
from lib.metrics.digit_images import DIGITS
from lib.metrics.sequences import exact_match
from lib.models.arithmetic import image2text
from lib.models.arithmetic.augmentation import random_affine
from lib.models.arithmetic.exact_solver import solved
from lib.models.arithmetic.sequence import cosine_decay, weighted_mean
from lib.runs import directories
from lib.system.randomness import generator
from lib.training.epochs import Steps, seeds_from
from lib.training.trainer import Evaluation, Trainer, adam, in_blocks

layers = tf_keras.layers


class DigitClassifier:
    """Classifies images of digits, operators and padding."""

    def __init__(self, model: tf_keras.Model) -> None:
        self._model = model

    def classify(self, images: np.ndarray) -> np.ndarray:
        """Return the tokens of `images`, uint8 (n, 28, 28), as indices into VOCABULARY: uint8 (n,).

        As in MNIST, tokens are white (255) on black.
        """
        logits = in_blocks(
            lambda block: self._model(_pixels(block), training=False), images, size=1_000
        )
        return logits.argmax(-1).astype(np.uint8)


def load(folder: Path) -> DigitClassifier:
    """Return the classifier of a finished run of the experiment `digit_classifier`.

    Call it after building one's own models: it advances the weights' random generator. Raises
    UserError if the run's weights are missing or damaged.
    """
    spec = directories.read_config(folder)["spec"]
    model = build_model(DigitClassifierSettings(**spec["settings"]))
    model.set_weights(directories.read_weights(folder))
    return DigitClassifier(model)


def build_model(settings: DigitClassifierSettings) -> tf_keras.Sequential:
    """Return images (28, 28, 1) in [0, 1] -> logits of the tokens (13,)."""
    filters = settings.filters
    return tf_keras.Sequential(
        [
            layers.Input((SIDE, SIDE, 1)),
            *_convolution(filters, strides=1),
            *_convolution(2 * filters, strides=2),
            *_convolution(2 * filters, strides=1),
            *_convolution(4 * filters, strides=2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(len(VOCABULARY), name="tokens"),
        ]
    )


def _convolution(filters: int, strides: int) -> list:
    return [
        layers.Conv2D(filters, 3, strides, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]


def _pixels(images: tf.Tensor) -> tf.Tensor:
    return tf.cast(images, tf.float32)[..., None] / 255


class DigitClassifierTrainer(Trainer):
    """Trains the classifier on the training digits, on operators and on padding."""

    def __init__(self, settings: DigitClassifierSettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.model = build_model(settings)
        self.models["model"] = self.model
        self.digits = digits.load()
        kept = slice(settings.digit_count)
        tokens = TokenImages.of(self.digits.train_images[kept], self.digits.train_labels[kept])
        self.indices = training_indices(tokens)
        self.images = tf.constant(tokens.images)
        self.codes = tf.constant(token_codes(tokens))
        rate = cosine_decay(settings.learning_rate, self.indices, settings)
        self.optimizers["model"] = adam(self.model.trainable_variables, rate)
        self._steps = Steps(tf.function(self.train_step))

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train on the training images once, in random order, each rotated, zoomed and shifted."""
        indices = generator(self.seed, "shuffle", epoch).permutation(self.indices)
        seeds = seeds_from(generator(self.seed, "augmentation", epoch))
        return self._steps.epoch(indices, self.settings.batch_size, title, seeds)

    def train_step(
        self, indices: tf.Tensor, weights: tf.Tensor, seeds: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Take a step of Adam on a batch of images; return its metrics."""
        settings, variables = self.settings, self.model.trainable_variables
        images = _pixels(tf.gather(self.images, indices))
        warped = random_affine(
            images, seeds, settings.rotation, settings.zoom, settings.translation
        )
        codes = tf.gather(self.codes, indices)
        with tf.GradientTape() as tape:
            logits = self.model(warped, training=True)
            losses = tf_keras.losses.sparse_categorical_crossentropy(codes, logits, True)
            loss = weighted_mean(losses, weights)
        gradients = tape.gradient(loss, variables)
        self.optimizers["model"].apply_gradients(zip(gradients, variables, strict=True))
        correct = tf.cast(tf.equal(tf.argmax(logits, -1, tf.int32), codes), tf.float32)
        return {"loss": loss, "accuracy": weighted_mean(correct, weights)}

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Classify every image for the accuracies, and solve queries from classified images.

        The queries and their images are those of the published image-to-text models' validation at
        full scale with the same seed: in unseen digit instances, and in training instances.
        """
        del history
        instances, published = DigitInstances.of(self.digits), Image2TextSettings()
        tokens = DigitClassifier(self.model).classify(instances.images)
        held_out = image2text.split(published, self.seed)["validation"]
        queries, answers = arithmetic().queries, arithmetic().answers[held_out]
        sampled = {
            "unseen": instances.sample_unseen(queries, self.seed)[held_out],
            "training": instances.sample_training(queries, self.seed)[held_out],
        }
        metrics = {
            f"solver_{name}_instances_exact_match": exact_match(solved(tokens[images]), answers)
            for name, images in sampled.items()
        }
        correct = tokens[instances.training_count :] == token_codes(instances.unseen)
        by_token = [correct[images] for images in images_by_token(instances.unseen)]
        metrics["test_accuracy"] = float(np.concatenate(by_token[:DIGITS]).mean())
        metrics["test_accuracy_mean_of_tokens"] = float(np.mean([each.mean() for each in by_token]))
        return Evaluation(metrics, samples={})


def token_codes(tokens: TokenImages) -> np.ndarray:
    """Return the index into VOCABULARY of every image: int32 (n,)."""
    codes = np.empty(len(tokens.images), np.int32)
    codes[tokens.order] = np.repeat(np.arange(len(VOCABULARY)), np.diff(tokens.starts))
    return codes


def training_indices(tokens: TokenImages) -> np.ndarray:
    """Return the images of an epoch, indices into `tokens.images`.

    Every digit comes once; every other token a twentieth as often as all digits together.
    """
    indices = images_by_token(tokens)
    of_digits, others = indices[:DIGITS], indices[DIGITS:]
    count = sum(map(len, of_digits)) // 20
    return np.concatenate([*of_digits, *(np.resize(each, count) for each in others)])


def images_by_token(tokens: TokenImages) -> list[np.ndarray]:
    """Return the images of each token of VOCABULARY, as indices into `tokens.images`."""
    return np.split(tokens.order, tokens.starts[1:-1])
