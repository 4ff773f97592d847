"""Micro-batches, computed in parallel: small operations do not fill many threads."""

from collections.abc import Callable

import tensorflow as tf

from lib.system.runtime import side_by_side


def sum_over_micro_batches(function: Callable[..., object], *batch: object) -> object:
    """Return the sum of `function` over equal micro-batches: for a sum over examples, the same.

    There are as many as run in parallel, or fewer that divide the batch. Each of `batch` is an
    array or a structure of arrays with the examples on the first axis; the function returns a
    structure of tensors. It must not sample from a stateful generator, which would make one
    micro-batch wait for another.
    """
    size = tf.nest.flatten(batch)[0].shape[0]
    most = min(side_by_side(), size)
    count = max(number for number in range(1, most + 1) if size % number == 0)
    step = size // count
    starts = range(0, size, step)
    found = [function(*_slice(batch, start, start + step)) for start in starts]
    return tf.nest.map_structure(lambda *each: tf.add_n(each), *found) if count > 1 else found[0]


def _slice(batch: tuple, start: int, end: int) -> tuple:
    return tf.nest.map_structure(lambda array: array[start:end], batch)
