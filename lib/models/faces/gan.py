"""Generative adversarial network (Goodfellow et al. 2014)."""

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.faces import GANSettings
from lib.metrics.generated import generated_metrics, mean_smoothness
from lib.models.faces.batches import (
    SHOWN,
    SHOWN_PATHS,
    FaceBatches,
    interpolate,
    interpolation_ends,
    measured_latents,
    shown_latents,
)
from lib.models.faces.blocks import SIDE, downsampling, upsampling
from lib.system.randomness import stateless_seed
from lib.system.runtime import compile_convolutions
from lib.training.trainer import (
    Evaluation,
    Trainer,
    adam,
    blocks_of,
    epoch_means,
    layer_table,
    to_uint8,
)


class GANTrainer(Trainer):
    """Trains generator and discriminator in turns and keeps nine samples of each epoch."""

    def __init__(self, settings: GANSettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.faces = FaceBatches(settings.image_count, settings.batch_size, seed)
        self.generator, self.discriminator = self._build()
        self.sampler = self.generator  # what images are drawn with
        self.models = {"generator": self.generator, "discriminator": self.discriminator}
        self.optimizers = self._optimizers()
        self.arrays["samples"] = np.zeros((0, SHOWN, SIDE, SIDE, 3), np.uint8)
        self._compiled = tf.function(self._update, jit_compile=compile_convolutions())

    def _build(self) -> tuple[tf_keras.Model, tf_keras.Model]:
        """Return the generator and the discriminator."""
        filters, latent_dim = self.settings.filters, self.settings.latent_dim
        return (
            upsampling(filters, latent_dim, "tanh", "generator"),
            downsampling(filters, 1, "discriminator"),
        )

    def _optimizers(self) -> dict[str, tf_keras.optimizers.legacy.Adam]:
        """Return an Adam for each network, or, as published, one for both (E11).

        It counts the updates of both, so that each network's moments are corrected for as many
        updates as both have had.
        """
        trained = {name: model.trainable_variables for name, model in self.models.items()}
        if self.settings.optimizer == "shared":
            trained = {"both": [variable for each in trained.values() for variable in each]}
        rate, beta_1 = self.settings.learning_rate, self.settings.adam_beta_1
        return {name: adam(variables, rate, beta_1) for name, variables in trained.items()}

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Take a fixed number of steps, then draw the samples of this epoch."""
        steps = self.settings.steps_per_epoch
        metrics = epoch_means(
            iter(range(steps)),
            steps,
            title,
            lambda step: self._compiled(
                self.faces.drawn(self.settings.real_per_step, epoch, step),
                stateless_seed(self.seed, "latents", epoch, step),
            ),
        )
        drawn = self._generate(shown_latents(self.seed, self.settings.latent_dim))
        self.arrays["samples"] = np.concatenate([self.arrays["samples"], drawn[None]])
        return metrics

    def _update(self, pixels: tf.Tensor, latent_seed: tf.Tensor) -> dict[str, tf.Tensor]:
        """Train the discriminator on real and generated faces, half each, then the generator."""
        batch, half = self.settings.batch_size, self.settings.real_per_step
        size = (half + batch, self.settings.latent_dim)
        latents = tf.random.stateless_normal(size, latent_seed)
        real = tf.cast(pixels, tf.float32) / 127.5 - 1
        generated = self.generator(latents[:half], training=True)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(tf.concat([real, generated], axis=0), training=True)
            discriminator_loss = self._discriminator_loss(predictions)
        self._apply("discriminator", tape, discriminator_loss)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(self.generator(latents[half:], training=True))
            generator_loss = self._generator_loss(predictions)
        self._apply("generator", tape, generator_loss)
        return {"discriminator_loss": discriminator_loss, "generator_loss": generator_loss}

    def _discriminator_loss(self, predictions: tf.Tensor) -> tf.Tensor:
        """Return the loss of predictions (2n, 1) on n real images and then n generated ones."""
        real, generated = tf.split(predictions, 2)
        return _cross_entropy(
            tf.concat([tf.ones_like(real), tf.zeros_like(generated)], 0), predictions
        )

    def _generator_loss(self, predictions: tf.Tensor) -> tf.Tensor:
        """Return the loss of being found out, of predictions (n, 1) on generated images."""
        return _cross_entropy(tf.ones_like(predictions), predictions)

    def _apply(self, name: str, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        variables = self.models[name].trainable_variables
        gradients = tape.gradient(loss, variables)
        optimizer = self.optimizers["both" if self.settings.optimizer == "shared" else name]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))

    def _generate(self, latents: np.ndarray) -> np.ndarray:
        generated = [self.sampler(block).numpy() for block in blocks_of(latents)]
        return to_uint8((np.concatenate(generated) + 1) / 2)

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Interpolate between latents, and measure."""
        latent_dim = self.settings.latent_dim
        ends = interpolation_ends(self.seed, latent_dim)
        interpolation = self._generate(interpolate(ends)).reshape(-1, SHOWN, SIDE, SIDE, 3)
        real, other_real = self.faces.measured()
        generated = self._generate(measured_latents(self.seed, latent_dim, len(real)))
        last = history[-1]
        metrics = {
            **{name: last[name] for name in ("discriminator_loss", "generator_loss")},
            "interpolation_smoothness": mean_smoothness(interpolation),
            **generated_metrics(real, other_real, "real"),
            **generated_metrics(real, generated, "samples"),
        }
        return Evaluation(
            metrics,
            samples={
                "samples": self.arrays["samples"],
                "interpolation": interpolation[:SHOWN_PATHS],
            },
            model=layer_table(self.generator) + layer_table(self.discriminator),
        )


def _cross_entropy(labels: tf.Tensor, predictions: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf_keras.losses.binary_crossentropy(labels, predictions))
