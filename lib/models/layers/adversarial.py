"""Functions of adversarial models: the hinge loss and the generator's moving average."""

import tensorflow as tf
import tf_keras

LEAKY_SLOPE = 0.2  # of a rectifier below zero


def hinge_loss(real: tf.Tensor, generated: tf.Tensor) -> tf.Tensor:
    """Return a discriminator's loss, a scalar, of its logits on real and on generated images.

    0 if every logit is beyond 1 on its side. Lim and Ye (2017), "Geometric GAN", section 3.
    """
    return tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + generated))


def move_average(
    average: tf_keras.Model, current: tf_keras.Model, decay: float | tf.Tensor
) -> None:
    """Set each weight of `average` to `decay` of itself and the rest of that of `current`."""
    for averaged, weight in zip(average.weights, current.weights, strict=True):
        averaged.assign(decay * averaged + (1 - decay) * weight)
