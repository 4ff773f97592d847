"""The two convolutional networks that autoencoders and GANs share, and the autoencoders' loss."""

import tensorflow as tf
import tf_keras

from lib.data.images import SIDE
from lib.models.layers import thin_convolution

layers = tf_keras.layers
VALUES = SIDE * SIDE * 3  # of an image


def downsampling(filters: int, outputs: int, name: str) -> tf_keras.Sequential:
    """Return images (64, 64, 3) -> (outputs,) in (0, 1): five convolutions, then a sigmoid."""
    convolutions = [
        layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu") for _ in range(5)
    ]
    ends = [layers.Flatten(), layers.Dense(outputs, activation="sigmoid")]
    return tf_keras.Sequential([layers.Input((SIDE, SIDE, 3)), *convolutions, *ends], name=name)


def upsampling(filters: int, latent_dim: int, activation: str, name: str) -> tf_keras.Sequential:
    """Return latents (latent_dim,) -> images (64, 64, 3) in the range of `activation`."""
    start = [layers.Input((latent_dim,)), layers.Dense(4 * 4 * 64), layers.Reshape((4, 4, 64))]
    convolutions = [
        layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu")
        for _ in range(4)
    ]
    end = thin_convolution.Conv2D(3, 3, padding="same", activation=activation)
    return tf_keras.Sequential([*start, *convolutions, end], name=name)


def reconstruction_loss(images: tf.Tensor, reconstructions: tf.Tensor) -> tf.Tensor:
    """Return the binary cross-entropy, averaged over batch, pixels and channels (in nats)."""
    return tf.reduce_mean(tf_keras.losses.binary_crossentropy(images, reconstructions))
