import numpy as np
import pytest

from lib.models.layers.convlstm import ConvLSTM2D
from lib.system import runtime
from lib.training.trainer import reseed

tf, tf_keras = runtime.tf, runtime.tf_keras
SHAPE = (3, 6, 5, 2)  # length, height, width, channels
FILTERS = 4


def model_with(layer):
    return tf_keras.Sequential([tf_keras.layers.Input(SHAPE), layer])


@pytest.fixture
def images():
    return tf.constant(np.random.default_rng(1).standard_normal((7, *SHAPE)), tf.float32)


def test_states_and_gradients_are_those_of_keras_with_sigmoid_gates(images):
    ours = model_with(ConvLSTM2D(FILTERS, 3, compiled=False))
    options = {"padding": "same", "recurrent_activation": "sigmoid"}
    theirs = model_with(tf_keras.layers.ConvLSTM2D(FILTERS, 3, **options))
    random = np.random.default_rng(0)
    weights = [random.standard_normal(weight.shape) for weight in theirs.get_weights()]
    found = []
    for model in (ours, theirs):
        model.set_weights(weights)
        with tf.GradientTape() as tape:
            tape.watch(images)
            states = model(images, training=True)
            loss = tf.reduce_sum(states * tf.reshape(tf.range(7.0), (7, 1, 1, 1)))
        found.append([states, *tape.gradient(loss, [images, *model.trainable_variables])])
    for mine, wanted in zip(*found, strict=True):
        assert np.allclose(mine, wanted, rtol=1e-4, atol=1e-4)


def test_nothing_is_dropped_when_evaluating(images):
    dropping = model_with(ConvLSTM2D(FILTERS, 3, False, dropout=0.3, recurrent_dropout=0.3))
    keeping = model_with(ConvLSTM2D(FILTERS, 3, compiled=False))
    keeping.set_weights(dropping.get_weights())
    assert np.array_equal(dropping(images, training=False), keeping(images, training=False))


def test_each_gate_has_a_mask_of_its_own_that_keeps_the_mean():
    layer = ConvLSTM2D(32, 3, compiled=False, recurrent_dropout=0.3)
    model_with(layer)
    shape = (40, *SHAPE[1:3], 32)
    masks = np.array(layer.state_masks(layer.draw_state_bits(np.prod(shape)), tf.constant(shape)))
    assert masks.shape == (4, *shape)
    kept = masks > 0
    assert np.allclose(masks[kept], 1 / 0.7)
    # 38,400 draws each: the standard error is 0.0023.
    assert np.allclose(kept.mean(axis=(1, 2, 3, 4)), 0.7, atol=0.012)
    for one in range(4):
        for other in range(one):
            assert abs(np.mean(kept[one] & kept[other]) - 0.49) < 0.015


@pytest.mark.parametrize("which", ["dropout", "recurrent_dropout"])
def test_masks_are_sampled_again_unless_the_generators_are_reset(images, which):
    model = model_with(ConvLSTM2D(FILTERS, 3, compiled=False, **{which: 0.3}))
    first, second = (model(images, training=True) for _ in range(2))
    assert not np.allclose(first, second)
    again = []
    for _ in range(2):
        reseed(model, np.random.default_rng(3))
        again.append(model(images, training=True))
    assert np.array_equal(*again)


def test_it_can_be_made_again_from_its_configuration():
    layer = ConvLSTM2D(FILTERS, 3, compiled=False, dropout=0.3, name="encoder")
    again = ConvLSTM2D.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.padding == "same"


@pytest.mark.slow
def test_compiled_and_not_agree(compiled, images):
    made = [
        ConvLSTM2D(FILTERS, 3, xla, dropout=0.3, recurrent_dropout=0.3) for xla in (False, True)
    ]
    models = [model_with(layer) for layer in made]
    models[1].set_weights(models[0].get_weights())
    found = []
    for model in models:
        reseed(model, np.random.default_rng(3))
        found.append(tf.function(model)(images, training=True))
    assert np.allclose(*found, atol=1e-5)
