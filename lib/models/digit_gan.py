"""Networks that draw single symbols and judge what is drawn: a conditional GAN of 28x28 pixels.

The discriminator judges by projection (Miyato and Koyama, 2018, "cGANs with projection
discriminator") under spectral normalisation (Miyato et al., 2018) and classifies as well (Odena et
al., 2017, "Conditional image synthesis with auxiliary classifier GANs").
"""

import tensorflow as tf
import tf_keras

from lib.data.arithmetic import ALPHABET, BLANK
from lib.data.digits import SIDE

layers = tf_keras.layers
LEAK = 0.2


def build_generator(filters: int, style_dim: int) -> tf_keras.Model:
    """Return a one-hot symbol (13,) and a style (style_dim,) -> an image (28, 28, 1) in [0, 1].

    A blank has no ink.
    """
    symbol, style = layers.Input((len(ALPHABET),)), layers.Input((style_dim,))
    corner = SIDE // 4
    drawing = tf_keras.Sequential(
        [
            layers.Dense(corner * corner * filters, use_bias=False),
            *_normalised(),
            layers.Reshape((corner, corner, filters)),
            layers.Conv2DTranspose(filters // 2, 4, 2, padding="same", use_bias=False),
            *_normalised(),
            layers.Conv2DTranspose(1, 4, 2, padding="same", activation="sigmoid"),
        ],
        name="drawing",
    )
    drawn = drawing(layers.Concatenate()([symbol, style]))
    ink = layers.Reshape((1, 1, 1))(1 - symbol[:, BLANK])
    return tf_keras.Model([symbol, style], drawn * ink, name="generator")


def _normalised() -> list:
    return [layers.BatchNormalization(momentum=0.9), layers.ReLU()]


def build_discriminator(filters: int) -> tf_keras.Model:
    """Return an image (28, 28, 1) in [0, 1] -> a verdict for each symbol that it may be meant to
    show (13,), above 0 for real, and logits of the symbol that it shows (13,).
    """
    image = layers.Input((SIDE, SIDE, 1))
    features = tf_keras.Sequential(
        [
            layers.Rescaling(2, -1),
            _bounded(layers.Conv2D(filters, 4, 2, padding="same")),
            layers.LeakyReLU(LEAK),
            _bounded(layers.Conv2D(2 * filters, 4, 2, padding="same")),
            layers.LeakyReLU(LEAK),
            layers.Flatten(),
            _bounded(layers.Dense(4 * filters)),
            layers.LeakyReLU(LEAK),
        ],
        name="features",
    )(image)
    looks_real = _bounded(layers.Dense(1))(features)
    looks_like = _bounded(layers.Dense(len(ALPHABET), use_bias=False))(features)
    shown = layers.Dense(len(ALPHABET), name="shown")(features)
    return tf_keras.Model(image, [looks_real + looks_like, shown], name="discriminator")


def _bounded(layer: layers.Layer) -> layers.Layer:
    return layers.SpectralNormalization(layer)


def discriminator_losses(
    discriminator: tf_keras.Model, real: tf.Tensor, made: tf.Tensor, meant: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return two scalars: the loss of telling real from made images, and that of naming real ones.

    `real` and `made` are images (n, 28, 28, 1) of the symbols `meant`, int32 (n,).
    """
    verdicts, shown = discriminator(tf.concat([real, made], 0), training=True)
    of_real, of_made = tf.split(_of(verdicts, tf.tile(meant, (2,))), 2)
    return hinge_loss(of_real, of_made), _cross_entropy(meant, tf.split(shown, 2)[0])


def writer_losses(
    discriminator: tf_keras.Model, made: tf.Tensor, meant: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return two scalars: the loss of being found out, and that of being taken for other symbols.

    `made` are images (n, 28, 28, 1) of the symbols `meant`, int32 (n,).
    """
    verdicts, shown = discriminator(made, training=True)
    return -tf.reduce_mean(_of(verdicts, meant)), _cross_entropy(meant, shown)


def hinge_loss(real: tf.Tensor, made: tf.Tensor) -> tf.Tensor:
    """Return a discriminator's loss of its verdicts on real and on made images: a scalar.

    Lim and Ye (2017), "Geometric GAN".
    """
    return tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + made))


def _of(verdicts: tf.Tensor, meant: tf.Tensor) -> tf.Tensor:
    """Return the verdict (n,) on each image as one of the symbol that it is meant to show."""
    return tf.gather(verdicts, meant, batch_dims=1)


def _cross_entropy(codes: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(codes, logits))
