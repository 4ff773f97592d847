"""Keras' ConvLSTM2D with fewer operations: the same weights, the same results up to rounding."""

from collections.abc import Callable

import tensorflow as tf
import tf_keras

LEVELS = 2**16  # of the random numbers that dropout compares with its rate


class ConvLSTM2D(tf_keras.layers.ConvLSTM2D):
    """Keras' ConvLSTM2D (Shi et al. 2015), unrolled over a known, small number of steps.

    The first state, which is zero, is not convolved, and inputs only when it is their turn. What
    lies between two convolutions only passes over memory: with `compiled` XLA does all of it in one
    pass, and in another for the gradient, so that nothing in between takes room. Dropout draws a
    mask for each gate and step, as Keras 2's loop does in a graph. Default strides and Keras 2's
    default activations (its gates are hard sigmoids, Keras 3's sigmoids), "same" padding, channels
    last, no masking; the last state only.
    """

    def __init__(self, filters: int, kernel_size: int, compiled: bool, **options: object) -> None:
        super().__init__(filters, kernel_size, **{**options, "padding": "same"})
        self._compiled = compiled
        self._first = _recomputed(self._first_states, compiled)
        self._next = _recomputed(self._next_states, compiled)
        self._last = _recomputed(self._last_state, compiled)

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Return the last state (batch, height, width, filters) for (batch, length, ...)."""
        length = inputs.shape[1]
        given = self._given(inputs, training)
        cell, *states = self._first(*self._shares(given[0]), *self._drawn(inputs, training))
        kernels = tf.split(self.cell.recurrent_kernel, 4, axis=3)
        for step in range(1, length):
            # Added here: what goes into a step is kept for its gradient, so it should be little.
            gates = [
                tf.nn.conv2d(state, kernel, 1, "SAME") + share
                for state, kernel, share in zip(
                    states, kernels, self._shares(given[step]), strict=True
                )
            ]
            if step == length - 1:
                return self._last(*gates, cell)
            drawn = self._drawn(inputs, training)
            cell, *states = self._next(*gates, cell, *drawn)
        raise ValueError("a ConvLSTM2D takes two steps or more")

    def get_config(self) -> dict:
        """Return what makes the layer again."""
        return {**super().get_config(), "compiled": self._compiled}

    def _given(self, inputs: tf.Tensor, training: bool | None) -> list[list[tf.Tensor]]:
        """Return the inputs of each step (batch, height, width, channels) for each gate."""
        masked = [inputs] * 4
        if training and self.dropout:
            numbers = self._generator.uniform(tf.concat([[4], tf.shape(inputs)], axis=0))
            masked = tf.unstack(inputs * _kept(numbers >= self.dropout, self.dropout))
        by_step = [tf.unstack(gate, axis=1) for gate in masked]
        return [list(gates) for gates in zip(*by_step, strict=True)]

    def _shares(self, given: list[tf.Tensor]) -> list[tf.Tensor]:
        """Return what a step's inputs add to each of the four gates."""
        weights = tf.split(self.cell.kernel, 4, axis=3), tf.split(self.cell.bias, 4)
        return [
            tf.nn.conv2d(gate, kernel, 1, "SAME") + bias
            for gate, kernel, bias in zip(given, *weights, strict=True)
        ]

    @property
    def _generator(self) -> tf.random.Generator:
        self.cell._random_generator._maybe_init()
        return self.cell._random_generator._generator

    def _drawn(self, inputs: tf.Tensor, training: bool | None) -> list[tf.Tensor]:
        """Draw 16 random bits for every number of a state and gate; none where none is dropped."""
        if not (training and self.recurrent_dropout):
            return []
        shape = tf.shape(inputs)
        size = shape[0] * shape[2] * shape[3] * self.filters
        return [self._generator.uniform_full_int([size], tf.uint64)]

    def _masked(self, state: tf.Tensor, drawn: list[tf.Tensor]) -> list[tf.Tensor]:
        """Return the state for each gate, with some of its numbers dropped."""
        if not drawn:
            return [state] * 4
        numbers = tf.cast(tf.bitcast(drawn[0], tf.uint16), tf.int32)
        shape = tf.concat([[4], tf.shape(state)], axis=0)
        rate = self.recurrent_dropout
        kept = _kept(tf.reshape(numbers, shape) >= round(rate * LEVELS), rate)
        return [state * kept[gate] for gate in range(4)]

    # Gates are in Keras' order: input, forget, candidate, output.

    def _first_states(self, *given: tf.Tensor) -> tuple[tf.Tensor, ...]:
        input_gate, _, candidate, output_gate, *drawn = given
        cell = _gate(input_gate) * tf.tanh(candidate)
        return cell, *self._masked(_gate(output_gate) * tf.tanh(cell), drawn)

    def _next_states(self, *given: tf.Tensor) -> tuple[tf.Tensor, ...]:
        state, cell = _update(*given[:5])
        return cell, *self._masked(state, given[5:])

    def _last_state(self, *given: tf.Tensor) -> tf.Tensor:
        return _update(*given)[0]


def _recomputed(function: Callable, compiled: bool) -> Callable:
    """Return `function` of tensors, whose gradient computes it again and keeps only its arguments.

    Chen et al., 2016, "Training deep nets with sublinear memory cost".
    """

    def differentiated(given: tuple, upstream: tuple) -> list[tf.Tensor | None]:
        floating = [each for each in given if each.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(floating)
            results = tf.nest.flatten(function(*given))
        gradients = iter(tape.gradient(results, floating, output_gradients=list(upstream)))
        return [next(gradients) if each.dtype.is_floating else None for each in given]

    forwards, backwards = (
        tf.function(each, jit_compile=compiled, autograph=False)
        for each in (function, differentiated)
    )

    @tf.custom_gradient
    def run(*given: tf.Tensor) -> tuple:
        return forwards(*given), lambda *upstream: backwards(given, upstream)

    return run


def _update(
    input_gate: tf.Tensor,
    forget_gate: tf.Tensor,
    candidate: tf.Tensor,
    output_gate: tf.Tensor,
    cell: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return state and cell state after a step, from the gates before activation."""
    cell = _gate(forget_gate) * cell + _gate(input_gate) * tf.tanh(candidate)
    return _gate(output_gate) * tf.tanh(cell), cell


def _gate(values: tf.Tensor) -> tf.Tensor:
    """Keras' hard sigmoid."""
    return tf.clip_by_value(0.2 * values + 0.5, 0.0, 1.0)


def _kept(is_kept: tf.Tensor, rate: float) -> tf.Tensor:
    return tf.cast(is_kept, tf.float32) / (1 - rate)
