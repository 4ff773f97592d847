"""A written query to an answer as digit images that are legible and vary like handwriting.

A recurrent network predicts the answer's tokens from the query, aligned place by place; a
convolutional generator renders each token in a style, a random vector that the images of one answer
share. The first is trained on the answers' tokens; the second to render tokens that a discriminator
takes for real and that an auxiliary classifier recognises. Both see real digits of the same tokens;
all four networks see the same batches.
"""

import functools

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.arithmetic import CorrectedText2ImageSettings
from lib.data import digits
from lib.data.arithmetic import (
    ANSWER_LENGTH,
    PADDING,
    VOCABULARY,
    aligned_answers,
    aligned_queries,
    as_texts,
    choose_indices,
)
from lib.data.splits import random_split
from lib.metrics.digit_images import DIGITS, digit_image_metrics
from lib.metrics.sequences import exact_match, per_character_accuracy
from lib.models.arithmetic import digit_classifier, text2text_corrected
from lib.models.arithmetic.digit_gan import (
    adversarial_loss,
    build_auxiliary_classifier,
    build_discriminator,
    build_generator,
    discriminator_loss,
    token_loss,
)
from lib.models.arithmetic.sequence import (
    EVALUATION_BATCH,
    all_correct,
    cosine_decay,
    token_images,
    weighted_mean,
)
from lib.models.layers.adversarial import move_average
from lib.system import randomness
from lib.system.runtime import compile_convolutions
from lib.training.epochs import Steps
from lib.training.trainer import Evaluation, Trainer, adam, adamw, in_blocks, reseed, to_uint8
from lib.visual.sheets import strips

EXAMPLES = 8  # test queries whose answers are shown
STYLES_SHOWN = 10
PREVIEWED = 12  # answers that are shown after each epoch
SIDE = digits.SIDE


def split(settings: CorrectedText2ImageSettings, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices to train on and to test on; each seed draws others."""
    indices = choose_indices(settings.query_count, seed)
    return random_split(indices, settings.split_seed + seed, test_size=settings.test_fraction)


class CorrectedText2ImageTrainer(Trainer):
    """Trains both networks jointly; keeps a moving average of the generator."""

    def __init__(self, settings: CorrectedText2ImageSettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.answer_predictor = text2text_corrected.build_model(settings.units, aligned=True)
        self.generator = build_generator(settings.filters, settings.style_dim)
        self.average = build_generator(settings.filters, settings.style_dim)
        self.average.set_weights(self.generator.get_weights())
        self.discriminator = build_discriminator(settings.discriminator_filters)
        self.auxiliary_classifier = build_auxiliary_classifier(settings.discriminator_filters)
        self.models = {
            "answer_predictor": self.answer_predictor,
            "auxiliary_classifier": self.auxiliary_classifier,
            "discriminator": self.discriminator,
            "generator": self.generator,
            "average": self.average,
        }
        self.train_indices, self.test_indices = split(settings, seed)
        self._make_optimizers()
        self.digits = digits.load()
        self.tokens, self.images = token_images(self.digits)
        self.queries = tf.constant(aligned_queries())
        self.answers = tf.constant(aligned_answers())
        compiled = settings.compile and compile_convolutions()
        self._steps = Steps(tf.function(self.train_step, jit_compile=compiled))
        self._compiled_generate = tf.function(self._generate, jit_compile=compiled)

    def _make_optimizers(self) -> None:
        settings = self.settings
        self.optimizers["answer_predictor"] = adamw(
            self.answer_predictor.trainable_variables,
            cosine_decay(settings.learning_rate, self.train_indices, settings),
            settings.weight_decay,
        )
        damped = {"beta_1": settings.adam_beta_1}
        for name, rate, momentum in (
            ("generator", settings.generator_learning_rate, damped),
            ("discriminator", settings.discriminator_learning_rate, damped),
            ("auxiliary_classifier", settings.classifier_learning_rate, {}),
        ):
            variables = self.models[name].trainable_variables
            decayed = cosine_decay(rate, self.train_indices, settings)
            self.optimizers[name] = adam(variables, decayed, **momentum)

    def networks(self) -> dict[str, tf_keras.Model]:
        """Return all networks; the generator is the averaged one."""
        own = {name: model for name, model in self.models.items() if name != "average"}
        return {**own, "generator": self.average}

    def preview(self) -> np.ndarray:
        """Return the answers to some test queries in one style, each as one image (28, 84)."""
        indices = self.test_indices[:PREVIEWED]
        styles = np.tile(self._styles("shown styles", 1), (len(indices), 1))
        answers, _ = self.generate(indices, styles)
        return strips(answers)

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train on the training split once, in random order and in new digit instances."""
        indices = randomness.generator(self.seed, "shuffle", epoch).permutation(self.train_indices)
        random = randomness.generator(self.seed, "handwriting", epoch)
        reseed(self.auxiliary_classifier, randomness.generator(self.seed, "dropout", epoch))
        sample_tokens = functools.partial(self.sample_tokens, random=random)
        return self._steps.epoch(indices, self.settings.batch_size, title, sample_tokens)

    def sample_tokens(
        self, indices: np.ndarray, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Choose which images of a batch's answers are generated, as many as there are answers.

        Returns their places among all images of the answers, real images of the same tokens
        (indices into `tokens.images`), and a seed for styles: all int32. Tokens are chosen about
        equally often, but never padding, which is no digit.
        """
        codes = aligned_answers()[indices].ravel()
        fraction = self._token_fractions[codes]
        places = random.choice(len(codes), len(indices), replace=False, p=fraction / fraction.sum())
        real = self.tokens.sample(codes[places], random)
        return places.astype(np.int32), real, random.integers(2**31, size=2, dtype=np.int32)

    @functools.cached_property
    def _token_fractions(self) -> np.ndarray:
        """Return how often to choose an image of each token, relative to its frequency: (13,)."""
        counts = np.bincount(
            aligned_answers()[self.train_indices].ravel(), minlength=len(VOCABULARY)
        )
        fractions = 1 / np.maximum(counts, 1)
        fractions[PADDING] = 0
        return fractions

    def train_step(
        self,
        indices: tf.Tensor,
        weights: tf.Tensor,
        places: tf.Tensor,
        real_indices: tf.Tensor,
        style_seed: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        """Train discriminator and classifier, then answer predictor and generator, on a batch."""
        answers = tf.gather(self.answers, indices)
        meant = tf.gather(tf.reshape(tf.cast(answers, tf.int32), (-1,)), places)
        real = tf.cast(tf.gather(self.images, real_indices), tf.float32)[..., None] / 255
        styles = tf.random.stateless_normal((indices.shape[0], self.settings.style_dim), style_seed)
        with tf.GradientTape() as tape:
            probabilities = self.answer_predictor(self._inputs(indices), training=True)
            losses = tf_keras.losses.sparse_categorical_crossentropy(answers, probabilities)
            metrics = {"loss": weighted_mean(losses, weights)}
            tokens = tf.one_hot(meant, len(VOCABULARY))
            style = tf.gather(styles, places // ANSWER_LENGTH)
            generated = self.generator([tokens, style], training=True)
            with tape.stop_recording():
                metrics |= self._update_discriminator_and_classifier(real, generated, meant)
            metrics["adversarial_loss"] = adversarial_loss(self.discriminator, generated, meant)
            metrics["token_loss"] = token_loss(self.auxiliary_classifier, generated, meant)
            total = (
                metrics["loss"]
                + metrics["adversarial_loss"]
                + self.settings.token_weight * metrics["token_loss"]
            )
        self._descend(tape, total, ("answer_predictor", "generator"))
        move_average(self.average, self.generator, self.settings.average_decay)
        exact = weighted_mean(all_correct(probabilities, answers), weights)
        return {**metrics, "exact_match": exact}

    def _update_discriminator_and_classifier(
        self, real: tf.Tensor, generated: tf.Tensor, meant: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Train the discriminator on real and generated images, the classifier on real ones."""
        with tf.GradientTape() as tape:
            metrics = {
                "discriminator_loss": discriminator_loss(
                    self.discriminator, real, generated, meant
                ),
                "auxiliary_classifier_loss": token_loss(self.auxiliary_classifier, real, meant),
            }
            total = sum(metrics.values())
        self._descend(tape, total, ("discriminator", "auxiliary_classifier"))
        return metrics

    def _descend(self, tape: tf.GradientTape, loss: tf.Tensor, names: tuple[str, ...]) -> None:
        """Let the optimizer of each network take a step."""
        variables = [self.models[name].trainable_variables for name in names]
        for name, own, gradients in zip(
            names, variables, tape.gradient(loss, variables), strict=True
        ):
            self.optimizers[name].apply_gradients(zip(gradients, own, strict=True))

    def _inputs(self, indices: tf.Tensor) -> tf.Tensor:
        tokens = tf.one_hot(tf.gather(self.queries, indices), len(VOCABULARY))
        return tf.reshape(tokens, (-1, ANSWER_LENGTH, 3 * len(VOCABULARY)))

    def _generate(self, indices: tf.Tensor, styles: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the images (n, 3, 28, 28) of answers, and their tokens (n, 3): the likeliest."""
        codes = tf.argmax(self.answer_predictor(self._inputs(indices), training=False), axis=-1)
        tokens = tf.one_hot(tf.reshape(codes, (-1,)), len(VOCABULARY))
        style = tf.repeat(styles, ANSWER_LENGTH, axis=0)
        images = self.average([tokens, style], training=False)
        shape = (-1, ANSWER_LENGTH, SIDE, SIDE)
        return tf.reshape(images, shape), codes

    def generate(self, indices: np.ndarray, styles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Generate the answers to queries `indices`, each in its style, float32 (n, style_dim).

        Returns images, uint8 (n, 3, 28, 28), and the most likely tokens by the answer predictor,
        indices into VOCABULARY (n, 3).
        """
        images, codes = in_blocks(
            self._compiled_generate, indices.astype(np.int32), styles, size=EVALUATION_BATCH
        )
        return to_uint8(images), codes

    def _styles(self, purpose: str, count: int) -> np.ndarray:
        """Return styles, truncated: closer to their mean, digits are clearer and less varied.

        Brock et al., 2019, "Large scale GAN training for high fidelity natural image synthesis",
        section 3.1, except that outlying styles are resampled there.
        """
        size = (count, self.settings.style_dim)
        styles = randomness.generator(self.seed, purpose).standard_normal(size, dtype=np.float32)
        return np.float32(self.settings.truncation) * styles

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Generate and classify the answer to every test query, and measure the digits."""
        indices = self.test_indices
        answers = aligned_answers()[indices]
        images, predicted = self.generate(indices, self._styles("test styles", len(indices)))
        classifier = digit_classifier.load(self.needed["digit_classifier"])
        classified = classifier.classify(images.reshape(-1, SIDE, SIDE)).reshape(-1, ANSWER_LENGTH)
        real = self.digits
        is_digit = predicted < DIGITS
        shown = indices[np.linspace(0, len(indices) - 1, EXAMPLES).astype(int)]
        return Evaluation(
            metrics={
                "test_predicted_exact_match": exact_match(predicted, answers),
                "test_classified_exact_match": exact_match(classified, answers),
                "test_classified_accuracy": per_character_accuracy(classified, answers),
                **digit_image_metrics(images[is_digit], predicted[is_digit], "samples"),
                **digit_image_metrics(real.test_images, real.test_labels, "real"),
            },
            samples={"styles": self.in_shown_styles(shown)},
            facts={"examples": as_texts(shown)},
        )

    def in_shown_styles(self, indices: np.ndarray) -> np.ndarray:
        """Return each answer in the same ten styles: uint8 (n, 10, 3, 28, 28)."""
        styles = self._styles("shown styles", STYLES_SHOWN)
        repeated = np.repeat(indices, STYLES_SHOWN)
        images, _ = self.generate(repeated, np.tile(styles, (len(indices), 1)))
        return images.reshape(len(indices), STYLES_SHOWN, ANSWER_LENGTH, SIDE, SIDE)
