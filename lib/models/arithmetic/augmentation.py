"""Rotations, zooms and shifts of small images, with black outside."""

import dataclasses
import math
from collections.abc import Sequence

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Warp:
    """How each of n images is warped, float32 (n,) each.

    `angle` is in radians, counter-clockwise; `zoom` is the side of the visible area over that of
    the image (above 1, content shrinks); `right` and `down` are in pixels.
    """

    angle: tf.Tensor
    zoom: tf.Tensor
    right: tf.Tensor
    down: tf.Tensor

    @classmethod
    def random(
        cls,
        count: int | tf.Tensor,
        seeds: tf.Tensor,
        side: int,
        rotation: float,
        zoom: float,
        translation: float,
    ) -> "Warp":
        """Sample uniformly from `seeds`, int32 (2,): the ranges of Keras' layers of these names.

        An image is rotated by up to `rotation` of a full turn, zoomed by up to `zoom`, in both
        directions alike, and shifted by up to `translation` of its side.
        """
        factors = tf.random.stateless_uniform((4, count), seeds, -1, 1)
        return cls(
            angle=factors[0] * rotation * 2 * math.pi,
            zoom=1 + factors[1] * zoom,
            right=factors[2] * translation * side,
            down=factors[3] * translation * side,
        )

    def matrices(self, side: int) -> list[tf.Tensor]:
        """Return rotation, zoom and shift, in this order, as maps: three times (n, 3, 3).

        Each maps a pixel (column, row, 1) of the result to the one of the image that it shows.
        Rotation and zoom keep the centre fixed.
        """
        centre = (side - 1) / 2
        cosine, sine = tf.cos(self.angle), tf.sin(self.angle)
        zeros, ones = tf.zeros_like(cosine), tf.ones_like(cosine)
        return [
            _matrix(
                (cosine, -sine, centre * (1 - cosine + sine)),
                (sine, cosine, centre * (1 - cosine - sine)),
            ),
            _matrix(
                (self.zoom, zeros, centre * (1 - self.zoom)),
                (zeros, self.zoom, centre * (1 - self.zoom)),
            ),
            _matrix((ones, zeros, -self.right), (zeros, ones, -self.down)),
        ]


def random_affine(
    images: tf.Tensor,
    seeds: tf.Tensor,
    rotation: float,
    zoom: float,
    translation: float,
    interpolations: int = 1,
) -> tf.Tensor:
    """Rotate, zoom and shift every image at random: (..., side, side, channels), float32.

    `seeds`, int32 (2,), decides; for the ranges see `Warp.random`, for `interpolations` `warped`.
    """
    single = tf.reshape(images, (-1, *images.shape[-3:]))
    count, side = tf.shape(single)[0], single.shape[1]
    warp = Warp.random(count, seeds, side, rotation, zoom, translation)
    return tf.reshape(warped(single, warp, interpolations), tf.shape(images))


def warped(images: tf.Tensor, warp: Warp, interpolations: int = 1) -> tf.Tensor:
    """Return images (n, side, side, channels), float32, rotated, then zoomed, then shifted.

    Each interpolation is bilinear, with zeros outside. With 1 of them the three maps are composed;
    with 3 each is applied by itself, as by Keras' three layers in a row, which blurs three times.
    """
    maps = warp.matrices(images.shape[1])
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


def _matrix(column: Sequence[tf.Tensor], row: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return n affine maps (n, 3, 3) from their first two rows: a result's column, and its row."""
    zeros = tf.zeros_like(column[0])
    last = (zeros, zeros, zeros + 1)
    return tf.stack([tf.stack(each, axis=-1) for each in (column, row, last)], axis=-2)
