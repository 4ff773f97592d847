"""Keras' Conv2D for few filters, with fewer operations: the same results up to rounding."""

import tensorflow as tf
import tf_keras

from lib.system.runtime import compile_convolutions


class Conv2D(tf_keras.layers.Conv2D):
    """Keras' Conv2D with a 3x3 kernel, stride 1 and "same" padding, for few filters such as RGB.

    A CPU's convolution computes 16 filters at a time, which wastes most of the work on 3. This
    computes all nine kernel positions in one matrix product and adds the results, each shifted to
    its place.
    """

    def convolution_op(self, inputs: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """Return the convolution (batch, height, width, filters) without bias."""
        if compile_convolutions():
            return super().convolution_op(inputs, kernel)
        height, width, channels = inputs.shape[1:]
        positions = tf.reshape(tf.transpose(kernel, (0, 1, 3, 2)), (-1, channels))
        pixels = tf.reshape(inputs, (-1, height * width, channels))
        contributions = tf.matmul(positions, pixels, transpose_b=True)
        contributions = tf.reshape(contributions, (-1, 3, 3, kernel.shape[-1], height, width))
        return tf.transpose(_added_in_place(contributions), (0, 2, 3, 1))


@tf.custom_gradient
def _added_in_place(contributions: tf.Tensor) -> tuple[tf.Tensor, object]:
    """Return the shifted sum (batch, filters, height, width) over the positions of a 3x3 kernel.

    The gradient is explicit because that of nine slices would fill nine arrays with zeros.
    """
    height, width = contributions.shape[-2:]
    places = [(row, column) for row in range(3) for column in range(3)]

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        padded = tf.pad(upstream, [[0, 0], [0, 0], [1, 1], [1, 1]])
        taken = [padded[:, :, 2 - i : 2 - i + height, 2 - j : 2 - j + width] for i, j in places]
        return tf.reshape(tf.stack(taken, axis=1), tf.shape(contributions))

    padded = tf.pad(contributions, [[0, 0]] * 4 + [[1, 1]] * 2)
    added = [padded[:, i, j, :, i : i + height, j : j + width] for i, j in places]
    return tf.add_n(added), gradient
