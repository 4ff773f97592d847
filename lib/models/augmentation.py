"""Turns, zooms and shifts of small images."""

import math

import tensorflow as tf


def random_affine(
    images: tf.Tensor, seeds: tf.Tensor, rotation: float, zoom: float, translation: float
) -> tf.Tensor:
    """Turn, zoom and shift every image at random: (..., side, side, channels), float32.

    Each image is turned by up to `rotation` of a full turn, zoomed by up to `zoom` and shifted by
    up to `translation` of its side, drawn uniformly from `seeds` (int32, (2,)). Ranges and the
    reflection at the border are those of Keras' RandomRotation, RandomZoom and RandomTranslation,
    but the three are one warp, so that pixels are interpolated once, not three times.
    """
    single = tf.reshape(images, (-1, *images.shape[-3:]))
    count, side = tf.shape(single)[0], single.shape[1]
    drawn = tf.random.stateless_uniform((4, count), seeds, -1, 1)
    angle = drawn[0] * rotation * 2 * math.pi
    scale = 1 + drawn[1] * zoom
    cosine, sine = tf.cos(angle) * scale, tf.sin(angle) * scale
    # The transform maps an output pixel to the input pixel that it shows, about the centre.
    centre = (side - 1) / 2
    shift_x, shift_y = drawn[2] * translation * side, drawn[3] * translation * side
    offset_x = centre - cosine * (centre + shift_x) + sine * (centre + shift_y)
    offset_y = centre - sine * (centre + shift_x) - cosine * (centre + shift_y)
    zeros = tf.zeros_like(cosine)
    transforms = tf.stack([cosine, -sine, offset_x, sine, cosine, offset_y, zeros, zeros], axis=1)
    turned = tf.raw_ops.ImageProjectiveTransformV3(
        images=single,
        transforms=transforms,
        output_shape=(side, side),
        interpolation="BILINEAR",
        fill_mode="REFLECT",
        fill_value=0.0,
    )
    return tf.reshape(turned, tf.shape(images))
