"""Rotations, zooms and shifts of small images, with black outside."""

import math

import tensorflow as tf


def random_affine(
    images: tf.Tensor,
    seeds: tf.Tensor,
    rotation: float,
    zoom: float,
    translation: float,
    interpolations: int = 1,
) -> tf.Tensor:
    """Rotate, zoom and shift every image at random: (..., side, side, channels), float32.

    An image is rotated by up to `rotation` of a full turn, zoomed by up to `zoom`, in both
    directions alike, and shifted by up to `translation` of its side: the ranges of Keras' layers of
    these names, sampled uniformly from `seeds`, int32 (2,). For `interpolations` see `warped`.
    """
    single = tf.reshape(images, (-1, *images.shape[-3:]))
    count, side = tf.shape(single)[0], single.shape[1]
    factors = tf.random.stateless_uniform((4, count), seeds, -1, 1)
    result = warped(
        single,
        angle=factors[0] * rotation * 2 * math.pi,
        zoom=1 + factors[1] * zoom,
        right=factors[2] * translation * side,
        down=factors[3] * translation * side,
        interpolations=interpolations,
    )
    return tf.reshape(result, tf.shape(images))


def warped(
    images: tf.Tensor,
    angle: tf.Tensor,
    zoom: tf.Tensor,
    right: tf.Tensor,
    down: tf.Tensor,
    interpolations: int = 1,
) -> tf.Tensor:
    """Return images (n, side, side, channels), float32, rotated, then zoomed, then shifted.

    Each image has its own warp, float32 (n,): `angle` is in radians, counter-clockwise; `zoom` is
    the side of the visible area over that of the image (above 1, content shrinks); `right` and
    `down` are in pixels. Rotation and zoom keep the centre fixed.

    Each interpolation is bilinear, with zeros outside. With 1 of them the three maps are composed;
    with 3 each is applied by itself, as by Keras' three layers in a row, which blurs three times.
    """
    centre = (images.shape[1] - 1) / 2
    cosine, sine = tf.cos(angle), tf.sin(angle)
    zeros, ones = tf.zeros_like(cosine), tf.ones_like(cosine)
    maps = [
        _matrix(
            (cosine, -sine, centre * (1 - cosine + sine)),
            (sine, cosine, centre * (1 - cosine - sine)),
        ),
        _matrix((zoom, zeros, centre * (1 - zoom)), (zeros, zoom, centre * (1 - zoom))),
        _matrix((ones, zeros, -right), (zeros, ones, -down)),
    ]
    if interpolations == 1:
        maps = [maps[0] @ maps[1] @ maps[2]]
    for each in maps:
        images = tf.raw_ops.ImageProjectiveTransformV3(
            images=images,
            transforms=tf.reshape(each, (-1, 9))[:, :8],
            output_shape=images.shape[1:3],
            interpolation="BILINEAR",
            fill_mode="CONSTANT",
            fill_value=0.0,
        )
    return images


def _matrix(column: tuple[tf.Tensor, ...], row: tuple[tf.Tensor, ...]) -> tf.Tensor:
    """Return n affine maps (n, 3, 3), given their first two rows.

    Each maps a pixel (column, row, 1) of the result to the one of the image that it shows.
    """
    zeros = tf.zeros_like(column[0])
    last = (zeros, zeros, zeros + 1)
    return tf.stack([tf.stack(each, axis=-1) for each in (column, row, last)], axis=-2)
