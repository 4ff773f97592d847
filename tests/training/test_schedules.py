import dataclasses
import itertools
import math
import types

import numpy as np
import pytest

from lib.training.schedules import EarlyStopping, ReduceOnPlateau


class Model:
    """As much of a model as the callbacks touch; its weights are the number of the epoch."""

    def __init__(self, rate):
        self.optimizer = types.SimpleNamespace(lr=rate)
        self.stop_training = False
        self.epoch = 0

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.epoch = weights


def by_keras(runtime, losses, stop_patience, reduce_patience, factor, minimum, rate):
    """Return the epochs that ran, the epoch gone back to and the rate of each, by the callbacks."""
    callbacks = runtime.tf_keras.callbacks
    model, rates = Model(runtime.tf.Variable(rate, dtype="float32")), []
    used = [
        callbacks.EarlyStopping(patience=stop_patience, restore_best_weights=True),
        callbacks.ReduceLROnPlateau(patience=reduce_patience, factor=factor, min_lr=minimum),
    ]
    for callback in used:
        callback.set_model(model)
        callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        model.epoch = epoch + 1
        rates.append(float(model.optimizer.lr.numpy()))
        for callback in used:
            callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    ran = model.epoch
    for callback in used:
        callback.on_train_end()
    return ran, model.epoch, rates


def by_us(losses, stop_patience, reduce_patience, factor, minimum, rate):
    stopping = EarlyStopping(stop_patience)
    reducing = ReduceOnPlateau(reduce_patience, factor, minimum)
    rate, rates, kept = float(np.float32(rate)), [], None
    for epoch, loss in enumerate(losses, start=1):
        rates.append(rate)
        if stopping.update(epoch, loss):
            kept = epoch
        rate = float(np.float32(reducing.update(loss, rate)))
        if stopping.stopped:
            break
    assert stopping.best_epoch == kept
    return epoch, kept, rates


def sequences():
    """Losses of many characters: falling, stalling, rising, jumping, equal, within 1e-4."""
    random = np.random.default_rng(0)
    for scale, drift in itertools.product((1e-5, 1e-4, 1e-2, 1), (0, -0.3, 0.3)):
        steps = random.standard_normal((4, 40)) * scale + drift * scale
        yield from (0.5 + np.cumsum(steps, axis=1)).tolist()
    yield from random.choice([0.1, 0.2, 0.3], (4, 40)).tolist()


@pytest.mark.parametrize(
    "settings",
    [
        (5, 3, 0.5, 1e-6, 1e-3),
        (40, 3, 0.5, 1e-6, 1e-5),
        (40, 1, 0.1, 1e-3, 1.5e-3),
        (0, 0, 0.5, 1e-6, 1e-3),
        (1, 0, 0.5, 1e-4, 1e-3),
        (2, 5, 0.9, 1e-6, 1e-3),
    ],
)
def test_both_rules_do_what_keras_callbacks_do(runtime, settings):
    lengths = set()
    for losses in sequences():
        expected = by_keras(runtime, losses, *settings)
        assert by_us(losses, *settings) == expected
        lengths.add(expected[0])
    assert len(lengths) > 1 or settings[0] == 40


def test_a_first_loss_that_is_no_number_is_kept_as_keras_does(runtime):
    settings = (3, 3, 0.5, 1e-6, 1e-3)
    for losses in ([math.nan] * 6, [math.nan, 0.5, 0.4, math.nan, math.nan, math.nan, 0.1]):
        assert by_us(losses, *settings) == by_keras(runtime, losses, *settings)


def test_the_rules_go_on_from_what_json_keeps_of_them():
    losses = np.random.default_rng(1).random(30).tolist()
    stopping, reducing, rate = EarlyStopping(40), ReduceOnPlateau(2, 0.5, 1e-6), 1.0
    whole = []
    for epoch, loss in enumerate(losses, start=1):
        best = stopping.update(epoch, loss)
        rate = reducing.update(loss, rate)
        whole.append((best, rate, stopping.best_epoch, stopping.waited))
    stopping, reducing, rate = EarlyStopping(40), ReduceOnPlateau(2, 0.5, 1e-6), 1.0
    resumed = []
    for epoch, loss in enumerate(losses, start=1):
        stopping = EarlyStopping(**dataclasses.asdict(stopping))
        reducing = ReduceOnPlateau(**dataclasses.asdict(reducing))
        best = stopping.update(epoch, loss)
        rate = reducing.update(loss, rate)
        resumed.append((best, rate, stopping.best_epoch, stopping.waited))
    assert resumed == whole
