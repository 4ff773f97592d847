"""Variational autoencoder with the published one's defects corrected."""

import math

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.faces import CorrectedVAESettings
from lib.metrics.latent import aggregated_posterior
from lib.models.faces.batches import CODES_FITTED
from lib.models.faces.blocks import SIDE, VALUES
from lib.models.faces.vae import VAETrainer, kl_divergence, sample_latents
from lib.training.trainer import Evaluation, adam, in_blocks, to_uint8

layers = tf_keras.layers
LEVELS = 256  # of an 8-bit value
FIRST_SCALE = 0.1  # of the likelihood, before training; pixels are in [0, 1]


class LogScale(layers.Layer):
    """Learns one number, the logarithm of a likelihood's scale, for any input."""

    def build(self, input_shape: tuple) -> None:
        """Create the number."""
        first = tf_keras.initializers.Constant(math.log(FIRST_SCALE))
        self.log_scale = self.add_weight("log_scale", (), initializer=first)

    def call(self, images: tf.Tensor) -> tf.Tensor:
        """Return the number, for images of any shape."""
        return tf.identity(self.log_scale)


def build_encoder(filters: int, latent_dim: int) -> tf_keras.Model:
    """Return images (64, 64, 3) in [0, 1] -> mean and log-variance, (latent_dim,) each.

    Both are linear in unbounded features.
    """
    images = layers.Input((SIDE, SIDE, 3))
    features = layers.Rescaling(2, offset=-1)(images)
    for divisor in (4, 2, 1, 1):
        features = layers.Conv2D(
            filters // divisor, 4, strides=2, padding="same", activation="swish"
        )(features)
    features = layers.Flatten()(features)
    mean = layers.Dense(latent_dim, name="mean")(features)
    log_variance = layers.Dense(latent_dim, name="log_variance")(features)
    return tf_keras.Model(images, [mean, log_variance], name="encoder")


def build_decoder(filters: int, latent_dim: int) -> tf_keras.Model:
    """Return latents (latent_dim,) -> mean image (64, 64, 3) and log-scale () of the likelihood.

    The last layer maps 32x32 features to colours, so that no wide layer works at 64x64: a fraction
    of the published decoder's computation. Kernels of 4 and 6 overlap evenly at stride 2.
    """
    latents = layers.Input((latent_dim,))
    features = layers.Dense(4 * 4 * filters, activation="swish")(latents)
    features = layers.Reshape((4, 4, filters))(features)
    for _ in range(3):
        features = layers.Conv2DTranspose(
            filters, 4, strides=2, padding="same", activation="swish"
        )(features)
    grey = tf_keras.initializers.Constant(0.5)
    mean = layers.Conv2DTranspose(
        3, 6, strides=2, padding="same", bias_initializer=grey, name="mean"
    )(features)
    return tf_keras.Model(latents, [mean, LogScale()(mean)], name="decoder")


def discretised_logistic(levels: tf.Tensor, mean: tf.Tensor, log_scale: tf.Tensor) -> tf.Tensor:
    """Return ln P(level) of each 8-bit value, in nats; its shape is that of `levels`.

    `levels` are whole numbers from 0 to 255. `mean` and `log_scale` are those of a logistic
    distribution of the value divided by 255. Each level has the mass within half a step of it, the
    lowest and the highest also all mass beyond, so the 256 probabilities sum to 1. Salimans et al.
    (2017), "PixelCNN++", section 2.1, with one component instead of a mixture.
    """
    step = 1 / (LEVELS - 1)
    centred = levels * step - mean
    inverse_scale = tf.exp(-log_scale)
    above = (centred + step / 2) * inverse_scale
    below = (centred - step / 2) * inverse_scale
    # With s the logistic function, s(above) - s(below) is the product
    # s(above) * s(-below) * (1 - exp(below - above)), in which no factor cancels.
    up_to = tf.math.log_sigmoid(above)
    beyond = tf.math.log_sigmoid(-below)
    between = up_to + beyond + tf.math.log(-tf.math.expm1(-step * inverse_scale))
    return tf.where(levels == 0, up_to, tf.where(levels == LEVELS - 1, beyond, between))


def bits_per_dimension(nats: float, dimensions: int) -> float:
    """Return a code length of `nats` for one example as bits for each of its dimensions."""
    return nats / (dimensions * math.log(2))


class CorrectedVAETrainer(VAETrainer):
    """Trains a VAE on the evidence lower bound itself: nats per image, both terms at their weight.

    The learning rate falls to 0 along half a cosine: Loshchilov and Hutter (2017), "SGDR", without
    restarts.

    Samples come from the Gaussian that fits the encoded faces, with all covariances: the Gaussian
    prior with the highest bound for this encoder and decoder. Ghosh et al. (2020), "From
    variational to deterministic autoencoders", section 4. The losses are those under N(0, I).
    """

    def __init__(self, settings: CorrectedVAESettings, seed: int) -> None:
        super().__init__(settings, seed)
        steps = settings.epochs * self.faces.steps
        rate = tf_keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
        self.optimizers["vae"] = adam(self.variables, rate)
        self.arrays["prior_mean"] = np.zeros(settings.latent_dim, np.float32)
        self.arrays["prior_factor"] = np.eye(settings.latent_dim, dtype=np.float32)

    def build_networks(self, filters: int, latent_dim: int) -> tuple[tf_keras.Model, ...]:
        """Return the encoder and the decoder."""
        return build_encoder(filters, latent_dim), build_decoder(filters, latent_dim)

    def after_epoch(self) -> None:
        """Fit the prior; its covariance is stored as a triangular factor."""
        means, log_variances = self.encode(self.faces.images[:CODES_FITTED])
        mean, covariance = aggregated_posterior(means, log_variances)
        self.arrays["prior_mean"] = mean.astype(np.float32)
        self.arrays["prior_factor"] = np.linalg.cholesky(covariance).astype(np.float32)

    def prior(self, standard: np.ndarray) -> np.ndarray:
        """Return draws from the fitted prior for draws (..., latent_dim) from N(0, I)."""
        return self.arrays["prior_mean"] + standard @ self.arrays["prior_factor"].T

    def networks(self) -> dict[str, tf_keras.Model]:
        """Return the encoder, the mean of the decoder, and the fitted prior.

        The prior is a linear network from draws from N(0, I) to latents.
        """
        means = tf_keras.Model(self.decoder.input, self.decoder.output[0], name="decoder")
        latent_dim = self.settings.latent_dim
        prior = tf_keras.Sequential(
            [layers.Input((latent_dim,)), layers.Dense(latent_dim)], name="prior"
        )
        prior.set_weights([self.arrays["prior_factor"].T, self.arrays["prior_mean"]])
        return {"encoder": self.encoder, "decoder": means, "prior": prior}

    def kl_weight(self, count: int) -> float:
        """Return 1: the bound's own."""
        del count
        return 1.0

    def losses(
        self, pixels: tf.Tensor, noise: tf.Tensor, count: int
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return what some of a batch's `count` faces add to its distortion and rate, in nats.

        Both are means over the batch. Their sum estimates the negative evidence lower bound of
        Kingma and Welling (2014), equation 3; the rate, the KL from N(0, I), is exact.
        """
        levels = tf.cast(pixels, tf.float32)
        mean, log_variance = self.encoder(levels / 255, training=True)
        latents = sample_latents(mean, log_variance, noise)
        values = discretised_logistic(levels, *self.decoder(latents, training=True))
        distortion = -tf.reduce_sum(values, axis=(1, 2, 3))
        rate = kl_divergence(mean, log_variance)
        return tf.reduce_sum(distortion) / count, tf.reduce_sum(rate) / count

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Evaluate as published, and report the code length of the training faces.

        It is the mean over the last epoch, during which the weights change.
        """
        evaluation = super().evaluation(history)
        bits = bits_per_dimension(history[-1]["loss"], VALUES)
        evaluation.metrics["bits_per_dimension"] = bits
        return evaluation

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Return the means of the likelihood, uint8 (n, 64, 64, 3), for latents (n, latent_dim)."""
        return to_uint8(in_blocks(lambda block: self.decoder(block)[0], latents))
