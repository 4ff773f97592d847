"""The published models of task 2 against Keras 3, which the original ran on."""

import functools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from close_weights import assert_trained_alike

from lib.config.arithmetic import Image2TextSettings, Text2ImageSettings, Text2TextSettings
from lib.data.arithmetic import VOCABULARY, arithmetic
from lib.models.arithmetic.augmentation import warped
from lib.models.arithmetic.image2text import Image2TextTrainer
from lib.models.arithmetic.text2image import Text2ImageTrainer
from lib.models.arithmetic.text2text import Text2TextTrainer
from lib.models.layers.convlstm import LEVELS, ConvLSTM2D
from lib.models.layers.lstm import LSTM
from lib.system import runtime
from lib.system.randomness import generator

tf, tf_keras = runtime.tf, runtime.tf_keras
PROGRAM = Path(__file__).with_name("keras3_program.py")
KEPT = 0.7


@pytest.fixture(scope="module")
def program():
    """The program of Keras 3, started once: its imports take seconds."""
    command = [sys.executable, str(PROGRAM)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def keras3(program, tmp_path):
    """Return a function that has Keras 3 carry out a task."""

    def run(task, **given):
        np.savez(tmp_path / "given.npz", task=task, **given)
        print(tmp_path, file=program.stdin, flush=True)
        assert program.stdout.readline() == "\n", "the program ended; see its messages"
        with np.load(tmp_path / "found.npz") as found:
            return dict(found)

    return run


def test_images_are_warped_as_by_the_original_s_three_layers(keras3):
    random, count = np.random.default_rng(0), 10
    images = random.random((count, 28, 28, 1)).astype(np.float32)
    ranges = {"turns": 0.05, "zooms": 0.1, "rights": 0.1, "downs": 0.1}
    given = {name: random.uniform(-most, most, count) for name, most in ranges.items()}
    found = keras3("warp", images=images, **given)["images"]
    turns, zooms, rights, downs = (tf.constant(each, tf.float32) for each in given.values())
    warp = (2 * np.pi * turns, 1 + zooms, 28 * rights, 28 * downs)
    np.testing.assert_allclose(warped(images, *warp, interpolations=3), found, atol=1e-5)
    assert np.abs(warped(images, *warp, interpolations=1) - found).max() > 0.1


def masks(shape, random):
    """Four dropout masks, as they are multiplied with."""
    return (random.random((4, *shape)) < KEPT).astype(np.float32) / np.float32(KEPT)


class GivenMasks(ConvLSTM2D):
    """Takes masks that are given."""

    given_input_masks = given_state_masks = None

    def draw_input_masks(self, shape):
        return tf.constant(self.given_input_masks)

    def draw_state_bits(self, count):
        bits = np.where(self.given_state_masks > 0, LEVELS - 1, 0).astype(np.uint16)
        return tf.constant(bits.reshape(-1).view(np.uint64))


def convlstm_with(input_masks, state_masks, options):
    if input_masks is None:
        return ConvLSTM2D(4, 3, compiled=False)
    layer = GivenMasks(4, 3, compiled=False, **options)
    layer.given_input_masks, layer.given_state_masks = input_masks, state_masks
    return layer


def lstm_with(input_masks, state_masks, options):
    layer = LSTM(4, return_sequences=True, **options)
    if input_masks is not None:
        layer.cell.get_dropout_mask_for_cell = lambda *_, **__: list(input_masks)
        layer.cell.get_recurrent_dropout_mask_for_cell = lambda *_, **__: list(state_masks)
    return layer


@pytest.mark.parametrize("dropping", [False, True])
@pytest.mark.parametrize(
    ("kind", "made_with", "shape", "state_shape", "options"),
    [
        (
            "ConvLSTM2D",
            convlstm_with,
            (7, 5, 6, 8, 2),
            (7, 6, 8, 4),
            {"filters": 4, "kernel_size": 3, "padding": "same"},
        ),
        ("LSTM", lstm_with, (7, 5, 6), (7, 4), {"units": 4, "return_sequences": True}),
    ],
)
def test_recurrent_layers_and_their_gradients_are_those_of_keras_3(
    keras3, kind, made_with, shape, state_shape, options, dropping
):
    random = np.random.default_rng(1)
    rates = {"dropout": 1 - KEPT, "recurrent_dropout": 1 - KEPT} if dropping else {}
    given = {}
    if dropping:
        given["input_masks"] = masks((shape[0], *shape[2:]), random)
        given["state_masks"] = masks(state_shape, random)
    layer = made_with(given.get("input_masks"), given.get("state_masks"), rates)
    layer.build((None, *shape[1:]))
    weights = [random.standard_normal(each.shape).astype(np.float32) for each in layer.weights]
    layer.set_weights(weights)
    inputs = tf.constant(random.standard_normal(shape), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs, training=True)
        output_weights = random.standard_normal(outputs.shape).astype(np.float32)
        loss = tf.reduce_sum(outputs * output_weights)
    gradients = tape.gradient(loss, [inputs, *layer.trainable_variables])
    found = keras3(
        "layer",
        kind=kind,
        options=json.dumps({**options, **rates}),
        inputs=inputs,
        output_weights=output_weights,
        **{f"weight_{k}": weight for k, weight in enumerate(weights)},
        **given,
    )
    names = ("outputs", "inputs", "kernel", "recurrent_kernel", "bias")
    for name, ours in zip(names, [outputs, *gradients], strict=True):
        np.testing.assert_allclose(ours, found[name], rtol=1e-4, atol=1e-4, err_msg=name)


UNDROPPED = {"dropout": 0, "decoder_dropout": 0, "recurrent_dropout": 0, "augment": False}
SIZE = {"units": 8, "query_count": 410, "epochs": 1}


def one_hot(codes):
    return np.eye(len(VOCABULARY), dtype=np.float32)[codes]


def images_of(training, indices):
    return training.images.numpy()[training.instances.numpy()[indices]].astype(np.float32) / 255


def image2text(encoder):
    training = Image2TextTrainer(
        Image2TextSettings(encoder=encoder, filters=4, **UNDROPPED, **SIZE), seed=0
    )
    return training, training.train_indices, lambda indices: images_of(training, indices)[..., None]


def text2text():
    training = Text2TextTrainer(Text2TextSettings(**SIZE), seed=0)
    return training, training.train_indices, lambda indices: one_hot(arithmetic().queries[indices])


def text2image(encoders, decoders):
    depths = {"encoder_layers": encoders, "decoder_layers": decoders}
    training = Text2ImageTrainer(Text2ImageSettings(**depths, **SIZE), seed=0)
    return training, training.train_indices, lambda indices: one_hot(arithmetic().queries[indices])


@pytest.mark.parametrize(
    ("kind", "made", "depths"),
    [
        ("text2text", text2text, ()),
        ("flatten", lambda: image2text("flatten"), ()),
        ("convlstm", lambda: image2text("convlstm"), ()),
        *(
            ("text2image", functools.partial(text2image, *depths), depths)
            for depths in ((1, 1), (2, 1), (1, 2), (2, 2), (3, 2))
        ),
    ],
)
def test_an_epoch_of_training_is_that_of_keras_3(few_digits, keras3, kind, made, depths):
    """The same weights and batches, the last of which is smaller, as the original fitted them."""
    training, indices, inputs_of = made()
    indices = generator(0, "shuffle", 1).permutation(indices)
    assert len(indices) % training.settings.batch_size
    targets = one_hot(arithmetic().answers[indices])
    if kind == "text2image":
        targets = images_of(training, indices).reshape(len(indices), 3, -1)
    before = training.model.get_weights()
    found = keras3(
        "fit",
        kind=kind,
        units=SIZE["units"],
        depths=np.array(depths),
        batch_size=training.settings.batch_size,
        inputs=inputs_of(indices),
        targets=targets,
        **{f"weight_{k:02}": weight for k, weight in enumerate(before)},
    )
    metrics = training.train_epoch(1, "")
    assert np.isclose(metrics["loss"], found["loss"], rtol=1e-5)
    trained = tf_keras.models.clone_model(training.model)
    trained.set_weights([found[name] for name in sorted(found) if name.startswith("weight_")])
    steps = -(-len(indices) // training.settings.batch_size)
    assert_trained_alike(training.model, trained, before, 1e-3, steps)
