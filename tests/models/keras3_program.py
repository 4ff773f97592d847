"""Keras 3 on given weights, inputs and masks: a program of its own, as one process has one Keras.

For each line of its input, the name of a folder, it reads given.npz there, which names the task,
writes found.npz there, and prints an empty line.
"""

import json
import os
import sys
from pathlib import Path

os.environ.pop("TF_USE_LEGACY_KERAS", None)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

layers = keras.layers


def warp(given):
    """The original's three layers, each with a range of one value, image by image."""
    made = []
    for image, turn, zoom, right, down in zip(
        *(given[name] for name in ("images", "turns", "zooms", "rights", "downs")), strict=True
    ):
        black = {"fill_mode": "constant", "fill_value": 0}
        image = layers.RandomRotation((turn, turn), **black)(image[None], training=True)
        image = layers.RandomZoom((zoom, zoom), **black)(image, training=True)
        image = layers.RandomTranslation((down, down), (right, right), **black)(
            image, training=True
        )
        made.append(np.array(image[0]))
    return {"images": np.stack(made)}


def layer(given):
    """Outputs of a recurrent layer of given weights and masks; gradients of a weighted sum."""
    options = json.loads(str(given["options"]))
    made = getattr(layers, str(given["kind"]))(**options)
    inputs = tf.constant(given["inputs"])
    made.build(inputs.shape)
    made.set_weights([given[f"weight_{k}"] for k in range(3)])
    if "input_masks" in given:
        made.cell._dropout_mask = list(tf.constant(given["input_masks"]))
        made.cell._recurrent_dropout_mask = list(tf.constant(given["state_masks"]))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = made(inputs, training=True)
        loss = tf.reduce_sum(outputs * given["output_weights"])
    gradients = tape.gradient(loss, [inputs, *(weight.value for weight in made.weights)])
    found = dict(zip(("inputs", "kernel", "recurrent_kernel", "bias"), gradients, strict=True))
    return {"outputs": outputs, **found}


def text2text(units):
    return [
        layers.LSTM(units),
        layers.RepeatVector(3),
        layers.LSTM(units, return_sequences=True),
        layers.TimeDistributed(layers.Dense(13, activation="softmax")),
    ]


def flatten(units):
    return [
        layers.TimeDistributed(layers.Rescaling(1 / 255)),
        layers.TimeDistributed(layers.Flatten()),
        *text2text(units),
    ]


def convlstm(units):
    return [
        layers.TimeDistributed(layers.Rescaling(1 / 255)),
        layers.ConvLSTM2D(4, (3, 3), padding="same"),
        layers.Flatten(),
        layers.Dense(units, activation="relu"),
        *text2text(units)[1:],
    ]


def text2image(units, encoders, decoders):
    return [
        *(layers.LSTM(units, return_sequences=True) for _ in range(encoders - 1)),
        layers.LSTM(units),
        layers.RepeatVector(3),
        *(layers.LSTM(units, return_sequences=True) for _ in range(decoders)),
        layers.TimeDistributed(layers.Dense(784, activation="sigmoid")),
    ]


def fit(given):
    """An epoch, in the given order, of a whole model as the original compiled and fitted it.

    Without dropout and augmentation, whose random numbers cannot be given.
    """
    kind = str(given["kind"])
    build = {each.__name__: each for each in (text2text, flatten, convlstm, text2image)}[kind]
    depths = [int(depth) for depth in given["depths"]]
    made = build(int(given["units"]), *depths)
    model = keras.Sequential([layers.Input(given["inputs"].shape[1:]), *made])
    model.compile(
        loss="mse" if kind == "text2image" else "categorical_crossentropy", optimizer="adam"
    )
    model.set_weights([given[name] for name in sorted(given) if name.startswith("weight_")])
    history = model.fit(
        given["inputs"],
        given["targets"],
        batch_size=int(given["batch_size"]),
        shuffle=False,
        verbose=0,
    )
    trained = {f"weight_{k:02}": weight for k, weight in enumerate(model.get_weights())}
    return {"loss": history.history["loss"][0], **trained}


if __name__ == "__main__":
    for line in sys.stdin:
        folder = Path(line.rstrip("\n"))
        with np.load(folder / "given.npz") as file:
            given = dict(file)
        task = {each.__name__: each for each in (warp, layer, fit)}[str(given["task"])]
        found = {name: np.array(value) for name, value in task(given).items()}
        np.savez(folder / "found.npz", **found)
        print(flush=True)
