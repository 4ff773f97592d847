"""Generative adversarial network (Goodfellow et al. 2014): networks, losses, training step."""

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.faces import GANSettings
from lib.models.faces.batches import FaceBatches, no_samples, shown_latents
from lib.models.faces.blocks import downsampling, upsampling
from lib.models.faces.evaluation import evaluate_gan
from lib.system.randomness import stateless_seed
from lib.system.runtime import compile_convolutions
from lib.training.trainer import Evaluation, Trainer, adam, epoch_means, in_blocks, to_uint8


def build_generator(filters: int, latent_dim: int) -> tf_keras.Model:
    """Return latents (latent_dim,) -> images (64, 64, 3) in (-1, 1)."""
    return upsampling(filters, latent_dim, "tanh", "generator")


def build_discriminator(filters: int) -> tf_keras.Model:
    """Return images (64, 64, 3) in [-1, 1] -> probability of being real (1,)."""
    return downsampling(filters, 1, "discriminator")


class GANTrainer(Trainer):
    """Trains generator and discriminator in turns and keeps nine samples of each epoch."""

    def __init__(self, settings: GANSettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.faces = FaceBatches(settings.image_count, settings.batch_size, seed)
        self.generator, self.discriminator = self.build_networks(
            settings.filters, settings.latent_dim
        )
        self.sampler = self.generator  # the network that samples come from
        self.models = {"generator": self.generator, "discriminator": self.discriminator}
        self.optimizers = self._optimizers()
        self.arrays["samples"] = no_samples()
        self._compiled_step = tf.function(self.train_step, jit_compile=compile_convolutions())

    def build_networks(self, filters: int, latent_dim: int) -> tuple[tf_keras.Model, ...]:
        """Return the generator and the discriminator."""
        return build_generator(filters, latent_dim), build_discriminator(filters)

    def _optimizers(self) -> dict[str, tf_keras.optimizers.legacy.Adam]:
        """Return an Adam for each network, or, as published, one for both (E11).

        A shared Adam counts the updates of both networks, so its bias correction assumes twice as
        many updates as each network has had.
        """
        trained = {name: model.trainable_variables for name, model in self.models.items()}
        if self.settings.optimizer == "shared":
            trained = {"both": [variable for each in trained.values() for variable in each]}
        rate, beta_1 = self.settings.learning_rate, self.settings.adam_beta_1
        return {name: adam(variables, rate, beta_1) for name, variables in trained.items()}

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Take a fixed number of steps, then generate the samples of this epoch."""
        steps = self.settings.steps_per_epoch
        batches = (
            (
                self.faces.sampled(self.settings.real_per_step, epoch, step),
                stateless_seed(self.seed, "latents", epoch, step),
            )
            for step in range(steps)
        )
        metrics = epoch_means(batches, steps, title, self._compiled_step)
        samples = self.generate(shown_latents(self.seed, self.settings.latent_dim))
        self.arrays["samples"] = np.concatenate([self.arrays["samples"], samples[None]])
        return metrics

    def train_step(self, pixels: tf.Tensor, latent_seed: tf.Tensor) -> dict[str, tf.Tensor]:
        """Train the discriminator on real and generated faces, half each, then the generator."""
        batch, half = self.settings.batch_size, self.settings.real_per_step
        size = (half + batch, self.settings.latent_dim)
        latents = tf.random.stateless_normal(size, latent_seed)
        real = tf.cast(pixels, tf.float32) / 127.5 - 1
        generated = self.generator(latents[:half], training=True)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(tf.concat([real, generated], axis=0), training=True)
            discriminator_loss = self.discriminator_loss_of(predictions)
        self._apply("discriminator", tape, discriminator_loss)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(self.generator(latents[half:], training=True))
            generator_loss = self.generator_loss_of(predictions)
        self._apply("generator", tape, generator_loss)
        return {"discriminator_loss": discriminator_loss, "generator_loss": generator_loss}

    def discriminator_loss_of(self, predictions: tf.Tensor) -> tf.Tensor:
        """Return the loss of predictions (2n, 1) on n real images and then n generated ones."""
        real, generated = tf.split(predictions, 2)
        return _cross_entropy(
            tf.concat([tf.ones_like(real), tf.zeros_like(generated)], 0), predictions
        )

    def generator_loss_of(self, predictions: tf.Tensor) -> tf.Tensor:
        """Return the generator's loss of predictions (n, 1) on generated images."""
        return _cross_entropy(tf.ones_like(predictions), predictions)

    def _apply(self, name: str, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        variables = self.models[name].trainable_variables
        gradients = tape.gradient(loss, variables)
        optimizer = self.optimizers["both" if self.settings.optimizer == "shared" else name]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))

    def generate(self, latents: np.ndarray) -> np.ndarray:
        """Return faces, uint8 (n, 64, 64, 3), for latents (n, latent_dim)."""
        return to_uint8((in_blocks(self.sampler, latents) + 1) / 2)

    def preview(self) -> np.ndarray:
        """Return the samples of the newest epoch."""
        return self.arrays["samples"][-1]

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Interpolate between latents, and measure."""
        metrics, images = evaluate_gan(self.generate, self.faces, self.settings.latent_dim)
        losses = {name: history[-1][name] for name in ("discriminator_loss", "generator_loss")}
        return Evaluation(
            {**losses, **metrics},
            samples={"samples": self.arrays["samples"], **images},
        )


def _cross_entropy(labels: tf.Tensor, predictions: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf_keras.losses.binary_crossentropy(labels, predictions))
