import numpy as np
import pytest

from lib.models.layers.lstm import LSTM
from lib.system import runtime
from lib.training.trainer import reseed

tf, tf_keras = runtime.tf, runtime.tf_keras
BATCH, LENGTH, FEATURES, UNITS = 4, 5, 6, 7


def model_with(layer):
    return tf_keras.Sequential([tf_keras.layers.Input((LENGTH, FEATURES)), layer])


def pair(repeated=False, **options):
    """Ours and Keras' layer, with the same weights."""
    ours = model_with(LSTM(UNITS, repeated=repeated, **options))
    theirs = model_with(tf_keras.layers.LSTM(UNITS, unroll=True, **options))
    random = np.random.default_rng(0)
    weights = [random.standard_normal(weight.shape) for weight in theirs.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs


def inputs(repeated=False):
    random = np.random.default_rng(1)
    values = random.standard_normal((BATCH, 1 if repeated else LENGTH, FEATURES))
    return tf.constant(np.repeat(values, LENGTH, axis=1) if repeated else values, tf.float32)


def outputs_and_gradients(model, values, training):
    # Equal dropout needs generators in the same state.
    reseed(model, np.random.default_rng(2))
    with tf.GradientTape() as tape:
        tape.watch(values)
        outputs = model(values, training=training)
        weighted = outputs * tf.reshape(tf.range(tf.size(outputs), dtype=tf.float32), outputs.shape)
        loss = tf.reduce_sum(weighted) / 100
    return outputs, tape.gradient(loss, [values, *model.trainable_variables])


def assert_same(ours, theirs, values, training, repeated=False):
    (output, (by_input, *gradients)), (expected, (by_expected, *others)) = (
        outputs_and_gradients(model, values, training) for model in (ours, theirs)
    )
    assert np.allclose(output, expected, atol=1e-5)
    # Ours takes all of a repeated input's gradient from the first step.
    if repeated:
        by_input, by_expected = (tf.reduce_sum(each, axis=1) for each in (by_input, by_expected))
    for found, wanted in zip([by_input, *gradients], [by_expected, *others], strict=True):
        assert np.allclose(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("repeated", [True, False])
def test_states_and_gradients_are_those_of_keras(return_sequences, repeated):
    ours, theirs = pair(repeated, return_sequences=return_sequences)
    assert_same(ours, theirs, inputs(repeated), True, repeated)


@pytest.mark.parametrize("training", [True, False])
def test_dropout_is_that_of_keras(training):
    options = {"dropout": 0.4, "recurrent_dropout": 0.3, "return_sequences": True}
    assert_same(*pair(**options), inputs(), training)
    assert_same(*pair(repeated=True, **options), inputs(repeated=True), training, repeated=True)


def test_dropout_differs_from_step_to_step_of_training():
    ours, _ = pair(dropout=0.4)
    first, second = (ours(inputs(), training=True) for _ in range(2))
    assert not np.allclose(first, second)


def test_it_can_be_made_again_from_its_configuration():
    layer = LSTM(UNITS, repeated=True, dropout=0.4, name="decoder")
    again = LSTM.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.repeated
    assert again.unroll
