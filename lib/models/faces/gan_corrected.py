"""Generative adversarial network with the published one's defects corrected."""

import tensorflow as tf
import tf_keras

from lib.config.faces import CorrectedGANSettings
from lib.models.faces.blocks import SIDE
from lib.models.faces.evaluation import sample_metrics
from lib.models.faces.gan import GANTrainer
from lib.models.layers.adversarial import LEAKY_SLOPE, hinge_loss, move_average

layers = tf_keras.layers


def build_generator(filters: int, latent_dim: int, name: str) -> tf_keras.Sequential:
    """Return latents (latent_dim,) -> images (64, 64, 3) in [-1, 1].

    A pyramid as in Radford et al. (2016), "DCGAN": the number of filters halves as the side
    doubles.
    """
    stages = []
    for divisor in (1, 2, 4):
        stages += [
            layers.Conv2DTranspose(
                filters // divisor, 4, strides=2, padding="same", kernel_initializer="he_normal"
            ),
            layers.LeakyReLU(LEAKY_SLOPE),
        ]
    return tf_keras.Sequential(
        [
            layers.Input((latent_dim,)),
            layers.Dense(4 * 4 * filters),
            layers.Reshape((4, 4, filters)),
            layers.LeakyReLU(LEAKY_SLOPE),
            *stages,
            layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh"),
        ],
        name=name,
    )


def build_discriminator(filters: int) -> tf_keras.Sequential:
    """Return images (64, 64, 3) in [-1, 1] -> how real they look: any number, (1,).

    Every layer has a spectral norm of about 1: Miyato et al. (2018), "Spectral normalization for
    generative adversarial networks". In each call with training=True, i.e. in the discriminator's
    own step, the wrapper takes a step of power iteration and divides the weights by the norm: a
    projection, through which no gradient flows. Its vector is among the model's weights.
    """
    stages = []
    for divisor in (4, 2, 1, 1):
        convolution = layers.Conv2D(filters // divisor, 4, strides=2, padding="same")
        stages += [layers.SpectralNormalization(convolution), layers.LeakyReLU(LEAKY_SLOPE)]
    return tf_keras.Sequential(
        [
            layers.Input((SIDE, SIDE, 3)),
            *stages,
            layers.Flatten(),
            layers.SpectralNormalization(layers.Dense(1)),
        ],
        name="discriminator",
    )


class CorrectedGANTrainer(GANTrainer):
    """Trains with a hinge loss, and samples from a moving average of the generator's weights."""

    def __init__(self, settings: CorrectedGANSettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.sampler = build_generator(settings.filters, settings.latent_dim, "average")
        self.sampler.set_weights(self.generator.get_weights())
        self.models["average"] = self.sampler

    def build_networks(self, filters: int, latent_dim: int) -> tuple[tf_keras.Model, ...]:
        """Return the generator and the discriminator."""
        return build_generator(filters, latent_dim, "generator"), build_discriminator(filters)

    def networks(self) -> dict[str, tf_keras.Model]:
        """Return the averaged generator, which samples come from, and the discriminator."""
        return {"generator": self.sampler, "discriminator": self.discriminator}

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Train as published, then measure the samples of the averaged generator."""
        losses = super().train_epoch(epoch, title)
        return losses | sample_metrics(self.generate, self.faces, self.settings.latent_dim)

    def train_step(self, pixels: tf.Tensor, latent_seed: tf.Tensor) -> dict[str, tf.Tensor]:
        """Take the published step with these losses; then move the average to the generator.

        It moves faster in the first steps, as TensorFlow's ExponentialMovingAverage does if it is
        given the number of steps.
        """
        losses = super().train_step(pixels, latent_seed)
        steps = tf.cast(self.optimizers["generator"].iterations, tf.float32)
        kept = tf.minimum(self.settings.average_decay, (1 + steps) / (10 + steps))
        move_average(self.sampler, self.generator, kept)
        return losses

    def discriminator_loss_of(self, logits: tf.Tensor) -> tf.Tensor:
        """Return the hinge loss of logits (2n, 1) on n real images and then n generated ones."""
        return hinge_loss(*tf.split(logits, 2))

    def generator_loss_of(self, logits: tf.Tensor) -> tf.Tensor:
        """Return the hinge loss of logits (n, 1) on generated images."""
        return -tf.reduce_mean(logits)
