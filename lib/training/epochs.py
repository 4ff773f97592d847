"""An epoch over indices of queries or digits, in batches of one size, several steps in one call."""

import itertools
import time
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf
from tqdm import tqdm

SECONDS_IN_A_CALL = 0.1  # the longest that Ctrl-C and the progress bar may wait


def padded_batches(indices: np.ndarray, batch_size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (indices, weights) of exactly `batch_size`; in the last, padding has weight 0.

    With one size XLA compiles once; the weights restrict the mean to the true last batch.
    """
    for start in range(0, len(indices), batch_size):
        batch = indices[start : start + batch_size]
        weights = np.zeros(batch_size, np.float32)
        weights[: len(batch)] = 1
        yield np.resize(batch, batch_size).astype(np.int32), weights


def batch_count(indices: np.ndarray, batch_size: int) -> int:
    """Return how many batches `padded_batches` yields."""
    return -(-len(indices) // batch_size)


def seeds_from(random: np.random.Generator) -> Callable[[np.ndarray], tuple[np.ndarray]]:
    """Return a function that draws a seed, int32 (2,), for each batch: `others` of an epoch."""
    return lambda indices: (random.integers(2**31, size=2, dtype=np.int32),)


class Steps:
    """Takes training steps, as many in one call as fit into a tenth of a second.

    Python's overhead between two steps is a third of the time of the smallest models' steps. The
    number of steps in a call depends on the machine's speed; the results do not.
    """

    def __init__(self, step: tf.types.experimental.PolymorphicFunction) -> None:
        """`step` maps a batch's indices, weights and other inputs to metrics: scalars."""
        self._step = step
        self._several = tf.function(self._take, reduce_retracing=True)

    def epoch(
        self,
        indices: np.ndarray,
        batch_size: int,
        title: str,
        others: Callable[[np.ndarray], tuple[np.ndarray, ...]] = lambda indices: (),
    ) -> dict[str, float]:
        """Take a step with each batch of `indices`, under a progress bar.

        `others` returns a step's further inputs for a batch's indices. Returns the metrics' means
        over `indices`, as in Keras' `fit`.
        """
        batches = ((*batch, *others(batch[0])) for batch in padded_batches(indices, batch_size))
        left, at_once = batch_count(indices, batch_size), 1
        totals: dict[str, tf.Tensor] = {}
        with tqdm(total=left, desc=title, leave=False, disable=None, unit="step") as bar:
            while left:
                began = time.perf_counter()
                count = min(at_once, left)
                first = itertools.islice(batches, count)
                taken = [np.stack(each) for each in zip(*first, strict=True)]
                totals = self._several(totals or self._zeros(taken), *taken)
                if time.perf_counter() - began < SECONDS_IN_A_CALL / 2:
                    at_once *= 2
                left -= count
                bar.update(count)
        return {name: float(total) / len(indices) for name, total in totals.items()}

    def _zeros(self, batches: list[np.ndarray]) -> dict[str, tf.Tensor]:
        traced = self._step.get_concrete_function(*(tf.constant(each[0]) for each in batches))
        return dict.fromkeys(traced.structured_outputs, tf.zeros(()))

    def _take(self, totals: dict[str, tf.Tensor], *batches: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return `totals` plus the metrics of one step per batch, in order."""

        def step(k: tf.Tensor, totals: dict[str, tf.Tensor]) -> tuple:
            metrics = self._step(*(each[k] for each in batches))
            weight = tf.reduce_sum(batches[1][k])
            return k + 1, {name: total + metrics[name] * weight for name, total in totals.items()}

        count = tf.shape(batches[0])[0]
        return tf.while_loop(lambda k, _: k < count, step, (0, totals), parallel_iterations=1)[1]
