"""Likelihoods of pixels, and the bound on them that a variational autoencoder climbs."""

import math
from collections.abc import Callable

import tensorflow as tf

from lib.models.faces.vae import kl_divergence

LEVELS = 256


def discretised_logistic(levels: tf.Tensor, mean: tf.Tensor, log_scale: tf.Tensor) -> tf.Tensor:
    """Return ln P(level) of each 8-bit value, in nats; its shape is that of `levels`.

    `levels` are whole numbers from 0 to 255. `mean` and `log_scale` are those of a logistic
    distribution of the value divided by 255, whose mass is shared out among the levels: each has
    what lies within half a step of it, the lowest and the highest have all beyond. So this is a
    probability, and a sum over all 256 levels is 1. Salimans et al. (2017), "PixelCNN++", section
    2.1, with one component instead of a mixture.
    """
    step = 1 / (LEVELS - 1)
    centred = levels * step - mean
    inverse_scale = tf.exp(-log_scale)
    above = (centred + step / 2) * inverse_scale
    below = (centred - step / 2) * inverse_scale
    # With s the logistic function, s(above) - s(below) is the product
    # s(above) * s(-below) * (1 - exp(below - above)), of which no factor cancels.
    up_to = tf.math.log_sigmoid(above)
    beyond = tf.math.log_sigmoid(-below)
    between = up_to + beyond + tf.math.log(-tf.math.expm1(-step * inverse_scale))
    return tf.where(levels == 0, up_to, tf.where(levels == LEVELS - 1, beyond, between))


def bound_terms(
    mean: tf.Tensor,
    log_variance: tf.Tensor,
    noise: tf.Tensor,
    log_likelihood: Callable[[tf.Tensor], tf.Tensor],
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return distortion and rate of each example, (batch,) each, in nats.

    Their sum estimates the negative evidence lower bound of Kingma and Welling (2014), equation 3:
    the latents are mean + deviation * noise, for `noise` (batch, latent) from N(0, I), and
    `log_likelihood` maps them to ln p(x | latents), (batch,). The rate, the divergence of
    N(mean, exp(log_variance)) from the prior N(0, I), is exact.
    """
    latents = mean + tf.exp(log_variance / 2) * noise
    return -log_likelihood(latents), kl_divergence(mean, log_variance)


def bits_per_dimension(nats: float, dimensions: int) -> float:
    """Return a code length of `nats` for one example as bits for each of its dimensions."""
    return nats / (dimensions * math.log(2))
