import numpy as np
import pytest

from lib.system import runtime
from lib.system.randomness import generator
from lib.training.saving import layer_table
from lib.training.trainer import adam, epoch_means, reseed, to_uint8

tf, tf_keras = runtime.tf, runtime.tf_keras
layers = tf_keras.layers


def test_to_uint8_rounds_and_clips():
    assert np.array_equal(
        to_uint8(np.array([-0.1, 0, 0.499 / 255, 0.5, 1, 1.1])), [0, 0, 0, 128, 255, 255]
    )
    every = np.arange(256, dtype=np.uint8)
    assert np.array_equal(to_uint8(every.astype(np.float32) / 255), every)


def test_epoch_means_are_the_means_of_the_steps_metrics():
    batches = [([3.0], 1), ([5.0], 2), ([10.0], 3)]
    means = epoch_means(batches, 3, "", lambda x, y: {"x": tf.constant(x[0]), "y": 2.0 * y})
    assert means == {"x": 6.0, "y": 4.0}


def test_epoch_means_count_every_example_alike():
    batches = [([3.0, 5.0],), ([10.0],)]
    means = epoch_means(batches, 2, "", lambda x: {"x": tf.reduce_mean(x)})
    assert means == {"x": 6.0}


def test_layer_table_counts_nested_layers_once_and_no_input():
    inner = tf_keras.Sequential([layers.Input((4,)), layers.Dense(3)])
    model = tf_keras.Sequential([layers.Input((4,)), inner, layers.Dense(2)])
    indices = layer_table(model)
    assert [row["type"] for row in indices] == ["Dense", "Dense"]
    assert [row["parameters"] for row in indices] == [4 * 3 + 3, 3 * 2 + 2]
    assert [row["output_shape"] for row in indices] == [[None, 3], [None, 2]]


def test_adam_has_all_its_slots_before_the_first_step():
    model = tf_keras.Sequential([layers.Input((4,)), layers.Dense(3)])
    optimizer = adam(model.trainable_variables, 0.1)
    assert len(optimizer.variables()) == 1 + 2 * 2
    assert not any(variable.numpy().any() for variable in optimizer.variables())


def test_adam_takes_the_published_steps():
    """Kingma and Ba 2015, section 2; as there, epsilon is added to the uncorrected root."""
    gradients = np.random.default_rng(0).standard_normal((5, 3))
    rate, beta_1, beta_2, epsilon = 0.1, 0.5, 0.999, 1e-7
    variable = tf.Variable(np.zeros(3, np.float32))
    optimizer = adam([variable], rate, beta_1)
    expected, first, second = np.zeros(3), np.zeros(3), np.zeros(3)
    for t, gradient in enumerate(gradients, start=1):
        optimizer.apply_gradients([(tf.constant(gradient, tf.float32), variable)])
        first = beta_1 * first + (1 - beta_1) * gradient
        second = beta_2 * second + (1 - beta_2) * gradient**2
        correction = np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        expected -= rate * correction * first / (np.sqrt(second) + epsilon)
        assert np.allclose(variable.numpy(), expected, rtol=1e-5)


@pytest.fixture(scope="module")
def dropping():
    """A model with three kinds of dropout, and inputs for it."""
    model = tf_keras.Sequential(
        [
            layers.Input((3, 6)),
            layers.LSTM(5, return_sequences=True, dropout=0.4, recurrent_dropout=0.3, unroll=True),
            layers.Dropout(0.5),
        ]
    )
    return model, np.random.default_rng(0).standard_normal((4, 3, 6), np.float32)


def dropped(dropping, *key):
    model, inputs = dropping
    reseed(model, generator(*key))
    return [model(inputs, training=True).numpy() for _ in range(2)]


def test_dropout_depends_on_the_seed_and_not_on_what_was_drawn_before(dropping):
    first = dropped(dropping, 0, "dropout", 1)
    other = dropped(dropping, 0, "dropout", 2)
    assert np.array_equal(dropped(dropping, 0, "dropout", 1), first)
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first, other)


def test_every_generator_gets_a_seed_of_its_own(dropping):
    model, _ = dropping
    reseed(model, generator(0, "dropout", 1))
    sources = [getattr(layer, "_random_generator", None) for layer in model._flatten_layers()]
    states = [
        source._generator.state.numpy().tobytes()
        for source in sources
        if source is not None and source._generator is not None
    ]
    assert len(states) == len(set(states)) >= 2
