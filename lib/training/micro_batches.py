"""Micro-batches, which are computed side by side: small operations do not fill many threads."""

from collections.abc import Callable

import tensorflow as tf

from lib.system.runtime import side_by_side


def sum_over_micro_batches(
    function: Callable[..., object], *batch: object, most: int | None = None
) -> object:
    """Return the sum of `function` over equal micro-batches: for a sum over examples, the same.

    There are `most`, by default as many as run side by side, or fewer that divide the batch.
    Each of `batch` is an array or a structure of arrays with the examples in front; the
    function returns a structure of tensors. It must not draw from a generator with a state, because
    one micro-batch would wait for another.
    """
    size = tf.nest.flatten(batch)[0].shape[0]
    most = min(most or side_by_side(), size)
    count = max(number for number in range(1, most + 1) if size % number == 0)
    step = size // count
    starts = range(0, size, step)
    found = [function(*_slice(batch, start, start + step)) for start in starts]
    return tf.nest.map_structure(lambda *each: tf.add_n(each), *found) if count > 1 else found[0]


def _slice(batch: tuple, start: int, end: int) -> tuple:
    return tf.nest.map_structure(lambda array: array[start:end], batch)
