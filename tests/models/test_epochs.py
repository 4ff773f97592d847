import numpy as np
import pytest

from lib.system import runtime
from lib.training import epochs
from lib.training.epochs import Steps, batch_count, padded_batches

tf = runtime.tf


@pytest.mark.parametrize(("count", "size"), [(85, 32), (64, 32), (5, 32), (1, 1), (33, 32)])
def test_padded_batches_hold_every_row_once_and_have_one_size(count, size):
    indices = np.random.default_rng(0).permutation(20_000)[:count]
    batches = list(padded_batches(indices, size))
    assert len(batches) == batch_count(indices, size) == np.ceil(count / size)
    assert {batch.shape for batch, _ in batches} == {(size,)}
    assert np.concatenate([batch[weights == 1] for batch, weights in batches]).tolist() == (
        indices.tolist()
    )
    weights = np.concatenate([weights for _, weights in batches])
    assert set(weights) <= {0.0, 1.0}
    assert all(set(batch) <= set(indices) for batch, _ in batches)


class Walk:
    """A step whose result depends on every step before it, and a record of those."""

    def __init__(self):
        self.state = tf.Variable(1.0)
        self.taken = []

    def step(self, indices, weights, others):
        self.state.assign(self.state * 0.5 + tf.reduce_sum(tf.cast(indices, tf.float32) * weights))
        tf.py_function(
            lambda *given: self.taken.append([each.numpy() for each in given]),
            [indices, weights, others],
            [],
        )
        return {"state": self.state.read_value(), "one": tf.constant(1.0)}


@pytest.mark.parametrize("seconds", [0.0, 1e9], ids=["one in a call", "many in a call"])
def test_every_step_is_taken_in_order_however_many_in_a_call(monkeypatch, seconds):
    monkeypatch.setattr(epochs, "SECONDS_IN_A_CALL", seconds)
    walk, indices = Walk(), np.arange(45)
    others = iter(range(100))
    means = Steps(tf.function(walk.step)).epoch(indices, 4, "", lambda _: (np.array(next(others)),))
    state, total = 1.0, 0.0
    for (taken, taken_weights, other), (k, (batch, weights)) in zip(
        walk.taken, enumerate(padded_batches(indices, 4)), strict=True
    ):
        assert taken.tolist() == batch.tolist()
        assert taken_weights.tolist() == weights.tolist()
        assert other == k
        state = state * 0.5 + (batch * weights).sum()
        total += state * weights.sum()
    assert float(walk.state) == pytest.approx(state)
    assert means == {"state": pytest.approx(total / 45), "one": 1.0}


def test_others_are_made_from_a_batch_as_it_is_taken():
    seen = []

    def others(batch):
        seen.append(batch.tolist())
        return (batch * 2,)

    def step(indices, weights, doubled):
        del weights
        return {"right": tf.reduce_mean(tf.cast(doubled == 2 * indices, tf.float32))}

    assert Steps(tf.function(step)).epoch(np.arange(10), 3, "", others) == {"right": 1.0}
    assert seen == [batch.tolist() for batch, _ in padded_batches(np.arange(10), 3)]
