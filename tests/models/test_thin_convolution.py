import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from lib.models.layers import thin_convolution


@pytest.mark.parametrize(("filters", "channels"), [(3, 8), (1, 3), (5, 2)])
def test_a_thin_convolution_is_that_of_keras(filters, channels):
    random = np.random.default_rng(0)
    images = tf.constant(random.standard_normal((2, 6, 9, channels), np.float32))
    wanted = random.standard_normal((2, 6, 9, filters), np.float32)
    thin, keras = (
        layer(filters, 3, padding="same", activation="tanh")
        for layer in (thin_convolution.Conv2D, tf_keras.layers.Conv2D)
    )
    thin.build(images.shape)
    keras.build(images.shape)
    keras.set_weights(thin.get_weights())
    found = []
    for layer in (thin, keras):
        with tf.GradientTape() as tape:
            tape.watch(images)
            made = layer(images)
            loss = tf.reduce_sum(made * wanted)
        found.append([made, *tape.gradient(loss, [images, *layer.trainable_variables])])
    for ours, theirs in zip(*found, strict=True):
        assert np.allclose(ours, theirs, rtol=1e-4, atol=1e-5)
