import numpy as np
import pytest

from lib.models.layers.adversarial import hinge_loss, move_average
from lib.system import runtime

tf, tf_keras = runtime.tf, runtime.tf_keras


@pytest.mark.parametrize(
    ("real", "made", "expected"),
    [([1, 3], [-1, -2], 0), ([0, 0], [0, 0], 2), ([-1, 1], [1, -1], 2), ([2, 2], [3, -5], 2)],
)
def test_hinge_loss(real, made, expected):
    loss = hinge_loss(tf.constant(real, tf.float32), tf.constant(made, tf.float32))
    assert float(loss) == expected


def test_an_average_of_constant_weights_approaches_them_geometrically():
    average, current = (
        tf_keras.Sequential([tf_keras.layers.Input((2,)), tf_keras.layers.Dense(1)])
        for _ in range(2)
    )
    average.set_weights([np.zeros((2, 1)), np.zeros(1)])
    current.set_weights([np.full((2, 1), 4.0), np.full(1, -8.0)])
    for _ in range(3):
        move_average(average, current, decay=0.5)
    for averaged, weight in zip(average.get_weights(), current.get_weights(), strict=True):
        np.testing.assert_array_equal(averaged, weight * (1 - 0.5**3))
