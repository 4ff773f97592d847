"""Variational autoencoder (Kingma and Welling 2014): encoder, decoder, loss, training step."""

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.faces import VAESettings
from lib.models.faces.batches import FaceBatches, no_samples, shown_latents
from lib.models.faces.blocks import SIDE, VALUES, downsampling, reconstruction_loss, upsampling
from lib.models.faces.evaluation import evaluate_vae
from lib.system.randomness import stateless_seed
from lib.system.runtime import compile_convolutions
from lib.training.micro_batches import sum_over_micro_batches
from lib.training.trainer import Evaluation, Trainer, adam, epoch_means, in_blocks, to_uint8

layers = tf_keras.layers


def build_encoder(filters: int, latent_dim: int) -> tf_keras.Model:
    """Return images (64, 64, 3) -> mean and log-variance, (latent_dim,) each.

    As published, a sigmoid bounds the features that both are linear in.
    """
    images = layers.Input((SIDE, SIDE, 3))
    features = downsampling(filters, 2 * latent_dim, "features")(images)
    mean = layers.Dense(latent_dim, name="mean")(features)
    log_variance = layers.Dense(latent_dim, name="log_variance")(features)
    return tf_keras.Model(images, [mean, log_variance], name="encoder")


def build_decoder(filters: int, latent_dim: int) -> tf_keras.Model:
    """Return latents (latent_dim,) -> images (64, 64, 3) in (0, 1)."""
    return upsampling(filters, latent_dim, "sigmoid", "decoder")


def sample_latents(mean: tf.Tensor, log_variance: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
    """Return draws from N(mean, exp(log_variance)) for draws `noise` from N(0, I)."""
    return mean + tf.exp(log_variance / 2) * noise


def kl_divergence(mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) in nats: (batch, latent) -> (batch,).

    Closed form: Kingma and Welling 2014, appendix B.
    """
    terms = tf.square(mean) + tf.exp(log_variance) - 1 - log_variance
    return tf.reduce_sum(terms, axis=-1) / 2


class VAETrainer(Trainer):
    """Trains a VAE on faces and keeps nine samples of each epoch.

    As published, the loss has no KL divergence (E1): the original's term lies on no path of the
    model that it trains. The rest is an autoencoder with noisy codes.
    """

    in_micro_batches = True

    def __init__(self, settings: VAESettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.faces = FaceBatches(settings.image_count, settings.batch_size, seed)
        self.encoder, self.decoder = self.build_networks(settings.filters, settings.latent_dim)
        self.models = {"encoder": self.encoder, "decoder": self.decoder}
        self.variables = self.encoder.trainable_variables + self.decoder.trainable_variables
        self.optimizers["vae"] = adam(self.variables, settings.learning_rate)
        self.arrays["samples"] = no_samples()
        self._compiled_step = tf.function(self.train_step, jit_compile=compile_convolutions())

    def build_networks(self, filters: int, latent_dim: int) -> tuple[tf_keras.Model, ...]:
        """Return the encoder and the decoder."""
        return build_encoder(filters, latent_dim), build_decoder(filters, latent_dim)

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train on all faces once, then generate the samples of this epoch."""
        batches = (
            (images, stateless_seed(self.seed, "latent noise", epoch, step))
            for step, images in enumerate(self.faces.shuffled(epoch))
        )
        metrics = epoch_means(batches, self.faces.steps, title, self._compiled_step)
        self.after_epoch()
        latents = shown_latents(self.seed, self.settings.latent_dim) * self.settings.sample_scale
        samples = self.decode(self.prior(latents))
        self.arrays["samples"] = np.concatenate([self.arrays["samples"], samples[None]])
        return metrics

    def train_step(self, pixels: tf.Tensor, noise_seed: tf.Tensor) -> dict[str, tf.Tensor]:
        """Take a step of Adam on a batch of uint8 faces; return its losses."""
        count = len(pixels)
        noise = tf.random.stateless_normal((count, self.settings.latent_dim), noise_seed)
        losses, gradients = sum_over_micro_batches(
            lambda *part: self._losses_and_gradients(*part, count), pixels, noise
        )
        self.optimizers["vae"].apply_gradients(zip(gradients, self.variables, strict=True))
        return losses

    def _losses_and_gradients(
        self, pixels: tf.Tensor, noise: tf.Tensor, count: int
    ) -> tuple[dict[str, tf.Tensor], list[tf.Tensor]]:
        """Return what some of a batch's `count` faces add to its losses and gradients."""
        weight = self.kl_weight(count)
        with tf.GradientTape() as tape:
            reconstruction, kl = self.losses(pixels, noise, count)
            loss = reconstruction + weight * kl if weight else reconstruction
        losses = {"loss": loss, "reconstruction_loss": reconstruction, "kl_divergence": kl}
        return losses, tape.gradient(loss, self.variables)

    def losses(
        self, pixels: tf.Tensor, noise: tf.Tensor, count: int
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return what some of a batch's `count` faces add to its reconstruction loss and KL.

        Both are means over the batch: the first in nats per pixel and channel, the other in nats.
        """
        images = tf.cast(pixels, tf.float32) / 255
        mean, log_variance = self.encoder(images, training=True)
        latents = sample_latents(mean, log_variance, noise)
        loss = reconstruction_loss(images, self.decoder(latents, training=True))
        kl = tf.reduce_sum(kl_divergence(mean, log_variance))
        return loss * (len(pixels) / count), kl / count

    def kl_weight(self, count: int) -> float:
        """Return the weight in the loss of the KL, in nats, averaged over `count` faces.

        The original divides it by the number of values of an image, over which the reconstruction
        loss is averaged, and by nothing else.
        """
        return {"none": 0, "sum": count, "mean": 1}[self.settings.kl] / VALUES

    def after_epoch(self) -> None:
        """Prepare for sampling; nothing to do here."""

    def prior(self, standard: np.ndarray) -> np.ndarray:
        """Return draws (..., latent_dim) from the prior for draws from N(0, I): the same."""
        return standard

    def encode(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return means and log-variances, (n, latent_dim) each, of uint8 faces (n, 64, 64, 3)."""
        means, log_variances = in_blocks(
            lambda block: self.encoder(block.astype(np.float32) / 255), pixels
        )
        return means, log_variances

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Return faces, uint8 (n, 64, 64, 3), for latents (n, latent_dim)."""
        return to_uint8(in_blocks(self.decoder, latents))

    def preview(self) -> np.ndarray:
        """Return the samples of the newest epoch."""
        return self.arrays["samples"][-1]

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Sample, interpolate between latents and between faces, reconstruct faces, and measure."""
        metrics, images = evaluate_vae(
            self.encode, self.decode, self.prior, self.settings.sample_scale, self.faces
        )
        losses = {name: history[-1][name] for name in ("loss", "reconstruction_loss")}
        return Evaluation(
            {**losses, **metrics},
            samples={"samples": self.arrays["samples"], **images},
            facts={"source_sizes": self.faces.source_sizes},
        )
