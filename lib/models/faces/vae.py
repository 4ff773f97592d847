"""Variational autoencoder (Kingma and Welling 2014)."""

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.faces import VAESettings
from lib.metrics.generated import generated_metrics, mean_smoothness
from lib.metrics.images import reconstruction_error
from lib.metrics.latent import (
    active_units,
    aggregated_posterior,
    kl_from_standard_normal,
    kl_per_dimension,
    noise_fraction,
)
from lib.models.faces.autoencoder import reconstruction_loss
from lib.models.faces.batches import (
    CODES_FITTED,
    SHOWN,
    SHOWN_PATHS,
    FaceBatches,
    interpolate,
    interpolation_ends,
    measured_latents,
    shown_latents,
)
from lib.models.faces.blocks import SIDE, VALUES, downsampling, upsampling
from lib.system.randomness import stateless_seed
from lib.system.runtime import compile_convolutions
from lib.training.micro_batches import sum_over_micro_batches
from lib.training.trainer import (
    Evaluation,
    Trainer,
    adam,
    blocks_of,
    epoch_means,
    layer_table,
    to_uint8,
)

layers = tf_keras.layers


def kl_divergence(mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) in nats: (batch, latent) -> (batch,).

    Closed form: Kingma and Welling 2014, appendix B.
    """
    terms = tf.square(mean) + tf.exp(log_variance) - 1 - log_variance
    return tf.reduce_sum(terms, axis=-1) / 2


def build_encoder(filters: int, latent_dim: int) -> tf_keras.Model:
    """Return images (64, 64, 3) -> mean and log-variance, (latent_dim,) each.

    As published, a sigmoid bounds the features that both are linear in.
    """
    images = layers.Input((SIDE, SIDE, 3))
    features = downsampling(filters, 2 * latent_dim, "features")(images)
    mean = layers.Dense(latent_dim, name="mean")(features)
    log_variance = layers.Dense(latent_dim, name="log_variance")(features)
    return tf_keras.Model(images, [mean, log_variance], name="encoder")


class VAETrainer(Trainer):
    """Trains a VAE on faces and keeps nine samples of each epoch.

    As published, the loss has no KL divergence (E1): the original's term lies on no path of the
    model that it trains. What is left is an autoencoder whose codes carry noise.
    """

    in_micro_batches = True

    def __init__(self, settings: VAESettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.faces = FaceBatches(settings.image_count, settings.batch_size, seed)
        self.encoder, self.decoder = self._build()
        self.models = {"encoder": self.encoder, "decoder": self.decoder}
        self.variables = self.encoder.trainable_variables + self.decoder.trainable_variables
        self.optimizers["vae"] = adam(self.variables, settings.learning_rate)
        self.arrays["samples"] = np.zeros((0, SHOWN, SIDE, SIDE, 3), np.uint8)
        self._compiled = tf.function(self._update, jit_compile=compile_convolutions())

    def _build(self) -> tuple[tf_keras.Model, tf_keras.Model]:
        """Return the encoder and the decoder."""
        filters, latent_dim = self.settings.filters, self.settings.latent_dim
        return (
            build_encoder(filters, latent_dim),
            upsampling(filters, latent_dim, "sigmoid", "decoder"),
        )

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Go over all faces once, then draw the samples of this epoch."""
        metrics = epoch_means(
            self.faces.shuffled(epoch),
            self.faces.steps,
            title,
            lambda batch: self._compiled(
                batch[1], stateless_seed(self.seed, "latent noise", epoch, batch[0])
            ),
            size=lambda batch: len(batch[1]),
        )
        self._after_epoch()
        latents = shown_latents(self.seed, self.settings.latent_dim) * self.settings.sample_scale
        drawn = self._decode(self._from_prior(latents))
        self.arrays["samples"] = np.concatenate([self.arrays["samples"], drawn[None]])
        return metrics

    def _update(self, pixels: tf.Tensor, noise_seed: tf.Tensor) -> dict[str, tf.Tensor]:
        count = len(pixels)
        noise = tf.random.stateless_normal((count, self.settings.latent_dim), noise_seed)
        metrics, gradients = sum_over_micro_batches(
            lambda *part: self._part_of_step(*part, count), pixels, noise
        )
        self.optimizers["vae"].apply_gradients(zip(gradients, self.variables, strict=True))
        return metrics

    def _part_of_step(
        self, pixels: tf.Tensor, noise: tf.Tensor, count: int
    ) -> tuple[dict[str, tf.Tensor], list[tf.Tensor]]:
        """Return what these of the batch's `count` images add to the losses, and the gradients."""
        weight = self._kl_weight(count)
        with tf.GradientTape() as tape:
            reconstruction, kl = self._losses(pixels, noise, count)
            loss = reconstruction + weight * kl if weight else reconstruction
        losses = {"loss": loss, "reconstruction_loss": reconstruction, "kl_divergence": kl}
        return losses, tape.gradient(loss, self.variables)

    def _kl_weight(self, count: int) -> float:
        """Return what the KL divergence, in nats, of `count` images on average weighs in the loss.

        The original divides it by the number of values of an image, over which the reconstruction
        loss is averaged, and by nothing else.
        """
        return {"none": 0, "sum": count, "mean": 1}[self.settings.kl] / VALUES

    def _losses(
        self, pixels: tf.Tensor, noise: tf.Tensor, count: int
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return what these images add to the batch's reconstruction loss and KL divergence.

        Both are means over the batch: the first in nats per pixel and channel, the other in nats.
        """
        images = tf.cast(pixels, tf.float32) / 255
        mean, log_variance = self.encoder(images, training=True)
        latents = mean + tf.exp(log_variance / 2) * noise
        loss = reconstruction_loss(images, self.decoder(latents, training=True))
        kl = tf.reduce_sum(kl_divergence(mean, log_variance))
        return loss * (len(pixels) / count), kl / count

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Sample, interpolate between latents and between faces, reconstruct faces, and measure."""
        latent_dim, last = self.settings.latent_dim, history[-1]
        real, other_real = self.faces.measured()
        ends = self._from_prior(interpolation_ends(self.seed, latent_dim))
        interpolation = self._interpolation(ends)
        means, log_variances = self._encode(self.faces.images[: max(CODES_FITTED, len(real))])
        reconstructions = self._decode(means[: len(real)])
        between_faces = means[: 2 * SHOWN_PATHS].reshape(2, SHOWN_PATHS, -1)
        latents = measured_latents(self.seed, latent_dim, len(real))
        posterior = aggregated_posterior(means, log_variances)
        ways = self._sampled_from(latents, posterior)
        metrics = {
            **{name: last[name] for name in ("loss", "reconstruction_loss")},
            **reconstruction_error(real, reconstructions),
            "kl_divergence": float(np.sum(kl_per_dimension(means, log_variances))),
            "active_units": active_units(means),
            "noise_fraction": noise_fraction(means, log_variances),
            "posterior_kl": kl_from_standard_normal(*posterior),
            "interpolation_smoothness": mean_smoothness(interpolation),
            **generated_metrics(real, other_real, "real"),
        }
        for way, drawn in ways.items():
            metrics |= generated_metrics(real, self._decode(drawn), way)
        shown = self._sampled_from(shown_latents(self.seed, latent_dim), posterior)
        samples = {
            "samples": self.arrays["samples"],
            "prior_samples": self._decode(shown["prior"]),
            "posterior_samples": self._decode(shown["posterior"]),
            "interpolation": interpolation[:SHOWN_PATHS],
            "image_interpolation": self._interpolation(between_faces),
            "originals": real[:SHOWN],
            "reconstructions": reconstructions[:SHOWN],
        }
        return Evaluation(
            metrics,
            samples,
            model=layer_table(self.encoder) + layer_table(self.decoder),
            facts={"source_sizes": self.faces.source_sizes},
        )

    def _sampled_from(
        self, standard: np.ndarray, posterior: tuple[np.ndarray, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return latents in each way of sampling, all from the same draws from N(0, I).

        "samples" has them at the scale that is set, "prior" at full scale, and "posterior" in the
        Gaussian that fits the codes, given by mean and covariance.
        """
        mean, covariance = posterior
        fitted = mean + standard @ np.linalg.cholesky(covariance).T
        return {
            "samples": self._from_prior(standard * self.settings.sample_scale),
            "prior": self._from_prior(standard),
            "posterior": fitted.astype(np.float32),
        }

    def _after_epoch(self) -> None:
        """Prepare for samples; nothing is to be done here."""

    def _from_prior(self, standard: np.ndarray) -> np.ndarray:
        """Return draws (..., latent_dim) from the prior for draws from N(0, I): the same."""
        return standard

    def _interpolation(self, ends: np.ndarray) -> np.ndarray:
        return self._decode(interpolate(ends)).reshape(-1, SHOWN, SIDE, SIDE, 3)

    def _encode(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        coded = [self.encoder(block.astype(np.float32) / 255) for block in blocks_of(pixels)]
        means, log_variances = zip(*coded, strict=True)
        return np.concatenate(means), np.concatenate(log_variances)

    def _decode(self, latents: np.ndarray) -> np.ndarray:
        return np.concatenate(
            [to_uint8(self.decoder(block).numpy()) for block in blocks_of(latents)]
        )
