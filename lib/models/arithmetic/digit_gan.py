"""Networks of a conditional GAN that generates images of single tokens, of 28x28 pixels.

The discriminator works by projection (Miyato and Koyama, 2018, "cGANs with projection
discriminator") under spectral normalisation (Miyato et al., 2018). A network of its own, the
auxiliary classifier, decides whether an image is legible: a discriminator that also classifies
(Odena et al., 2017) is bounded, and accepts images that other classifiers misread.
"""

import tensorflow as tf
import tf_keras

from lib.data.arithmetic import PADDING, VOCABULARY
from lib.data.digits import SIDE
from lib.models.layers.adversarial import LEAKY_SLOPE, hinge_loss

layers = tf_keras.layers
MIXED_UNITS = 256


def build_generator(filters: int, style_dim: int) -> tf_keras.Model:
    """Return a one-hot token (13,) and a style (style_dim,) -> an image (28, 28, 1) in [0, 1].

    The image of padding is black.
    """
    token, style = layers.Input((len(VOCABULARY),)), layers.Input((style_dim,))
    corner = SIDE // 4
    image = tf_keras.Sequential(
        [
            # Mixes both, because a style has a different meaning for each token.
            layers.Dense(MIXED_UNITS, use_bias=False),
            *_normalised(),
            layers.Dense(corner * corner * filters, use_bias=False),
            *_normalised(),
            layers.Reshape((corner, corner, filters)),
            layers.Conv2DTranspose(filters // 2, 4, 2, padding="same", use_bias=False),
            *_normalised(),
            layers.Conv2DTranspose(1, 4, 2, padding="same", activation="sigmoid"),
        ],
        name="drawing",
    )
    rendered = image(layers.Concatenate()([token, style]))
    ink = layers.Reshape((1, 1, 1))(1 - token[:, PADDING])
    return tf_keras.Model([token, style], rendered * ink, name="generator")


def _normalised() -> list:
    return [layers.BatchNormalization(momentum=0.9), layers.ReLU()]


def build_discriminator(filters: int) -> tf_keras.Model:
    """Return an image (28, 28, 1) in [0, 1] -> logits (13,): whether it is a real image of each
    token, above 0 for real.
    """
    image = layers.Input((SIDE, SIDE, 1))
    features = tf_keras.Sequential(
        [
            layers.Rescaling(2, -1),
            _bounded(layers.Conv2D(filters, 4, 2, padding="same")),
            layers.LeakyReLU(LEAKY_SLOPE),
            _bounded(layers.Conv2D(2 * filters, 4, 2, padding="same")),
            layers.LeakyReLU(LEAKY_SLOPE),
            layers.Flatten(),
            _bounded(layers.Dense(4 * filters)),
            layers.LeakyReLU(LEAKY_SLOPE),
        ],
        name="features",
    )(image)
    looks_real = _bounded(layers.Dense(1))(features)
    looks_like = _bounded(layers.Dense(len(VOCABULARY), use_bias=False))(features)
    return tf_keras.Model(image, looks_real + looks_like, name="discriminator")


def _bounded(layer: layers.Layer) -> layers.Layer:
    return layers.SpectralNormalization(layer)


def build_auxiliary_classifier(filters: int) -> tf_keras.Sequential:
    """Return an image (28, 28, 1) in [0, 1] -> logits of the token that it shows (13,)."""
    return tf_keras.Sequential(
        [
            layers.Input((SIDE, SIDE, 1)),
            layers.Conv2D(filters // 2, 5, 2, padding="same", activation="relu"),
            layers.Conv2D(filters, 3, 2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(4 * filters, activation="relu"),
            layers.Dense(len(VOCABULARY)),
        ],
        name="auxiliary_classifier",
    )


def discriminator_loss(
    discriminator: tf_keras.Model, real: tf.Tensor, generated: tf.Tensor, meant: tf.Tensor
) -> tf.Tensor:
    """Return the hinge loss of telling real from generated images, a scalar.

    `real` and `generated` are images (n, 28, 28, 1) of the tokens `meant`, int32 (n,).
    """
    logits = discriminator(tf.concat([real, generated], 0), training=True)
    return hinge_loss(*tf.split(_logit_of(logits, tf.tile(meant, (2,))), 2))


def adversarial_loss(
    discriminator: tf_keras.Model, generated: tf.Tensor, meant: tf.Tensor
) -> tf.Tensor:
    """Return the generator's hinge loss, a scalar, as in `discriminator_loss`.

    The discriminator's spectral norms take a step of power iteration here as well.
    """
    return -tf.reduce_mean(_logit_of(discriminator(generated, training=True), meant))


def token_loss(
    auxiliary_classifier: tf_keras.Model, images: tf.Tensor, meant: tf.Tensor
) -> tf.Tensor:
    """Return the cross-entropy of the tokens `meant`, int32 (n,), in `images` (n, 28, 28, 1)."""
    logits = auxiliary_classifier(images, training=True)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(meant, logits))


def _logit_of(logits: tf.Tensor, meant: tf.Tensor) -> tf.Tensor:
    """Return the logit (n,) of each image for the token that it is meant to show."""
    return tf.gather(logits, meant, batch_dims=1)
