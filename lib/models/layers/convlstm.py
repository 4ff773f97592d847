"""Keras' ConvLSTM2D with fewer operations: the same weights, the same results up to rounding."""

from collections.abc import Callable

import tensorflow as tf
import tf_keras

LEVELS = 2**16  # of the random numbers that dropout compares with its rate


class ConvLSTM2D(tf_keras.layers.ConvLSTM2D):
    """Keras 3's ConvLSTM2D (Shi et al. 2015), unrolled over a known, small number of steps.

    The first state is zero and not convolved; a step's inputs are convolved in their step. The
    operations between two convolutions are limited by memory: with `compiled`, XLA fuses them into
    one pass, and into another for the gradient, without intermediate arrays. As in Keras 3, and
    unlike Keras 2, gates are logistic sigmoids, and dropout samples one mask per gate, the same in
    all steps. Default strides, "same" padding, channels last, no masking; last state only.
    """

    def __init__(self, filters: int, kernel_size: int, compiled: bool, **options: object) -> None:
        options |= {"padding": "same", "recurrent_activation": "sigmoid"}
        super().__init__(filters, kernel_size, **options)
        self._compiled = compiled
        self._first = _recomputed(self._first_states, compiled)
        self._next = _recomputed(self._next_states, compiled)
        self._last = _recomputed(self._last_state, compiled)

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Return the last state (batch, height, width, filters) for (batch, length, ...)."""
        length = inputs.shape[1]
        if length < 2:
            raise ValueError("a ConvLSTM2D takes two steps or more")
        given = self._given(inputs, training)
        bits = self._mask_bits(inputs, training)
        cell, *states = self._first(*self._contributions(given[0]), *bits)
        kernels = tf.split(self.cell.recurrent_kernel, 4, axis=3)
        for step in range(1, length):
            # Added outside the step: its inputs are kept for the gradient, and this halves them.
            gates = [
                tf.nn.conv2d(state, kernel, 1, "SAME") + contribution
                for state, kernel, contribution in zip(
                    states, kernels, self._contributions(given[step]), strict=True
                )
            ]
            if step < length - 1:
                cell, *states = self._next(*gates, cell, *bits)
        return self._last(*gates, cell)

    def get_config(self) -> dict:
        """Return the arguments that recreate the layer."""
        return {**super().get_config(), "compiled": self._compiled}

    def _given(self, inputs: tf.Tensor, training: bool | None) -> list[list[tf.Tensor]]:
        """Return the inputs of each step (batch, height, width, channels) for each gate."""
        steps = tf.unstack(inputs, axis=1)
        if not (training and self.dropout):
            return [[step] * 4 for step in steps]
        masks = tf.unstack(self.draw_input_masks(tf.shape(steps[0])))
        return [[step * mask for mask in masks] for step in steps]

    def draw_input_masks(self, shape: tf.Tensor) -> tf.Tensor:
        """Return the masks of a step's inputs (batch, height, width, channels).

        One mask per gate, float32 (4, *shape): 0, or the factor that keeps the mean.
        """
        numbers = self._generator.uniform(tf.concat([[4], shape], axis=0))
        return _kept(numbers >= self.dropout, self.dropout)

    def _contributions(self, given: list[tf.Tensor]) -> list[tf.Tensor]:
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

    def _mask_bits(self, inputs: tf.Tensor, training: bool | None) -> list[tf.Tensor]:
        """Sample the bits of the states' masks; nothing without recurrent dropout."""
        if not (training and self.recurrent_dropout):
            return []
        shape = tf.shape(inputs)
        return [self.draw_state_bits(shape[0] * shape[2] * shape[3] * self.filters)]

    def draw_state_bits(self, count: tf.Tensor) -> tf.Tensor:
        """Return 16 random bits for each gate of `count` numbers of a state: uint64 (count,).

        Read as uint16 (4, count), gate by gate, they are whole numbers below LEVELS; a number below
        the rate of recurrent dropout times LEVELS hides that value from that gate.
        """
        return self._generator.uniform_full_int([count], tf.uint64)

    def state_masks(self, bits: tf.Tensor, shape: tf.Tensor) -> tf.Tensor:
        """Return the masks of a state of this shape, one per gate, from `draw_state_bits`.

        float32 (4, *shape): 0, or the factor that keeps the mean.
        """
        numbers = tf.cast(tf.bitcast(bits, tf.uint16), tf.int32)
        rate = self.recurrent_dropout
        numbers = tf.reshape(numbers, tf.concat([[4], shape], axis=0))
        return _kept(numbers >= round(rate * LEVELS), rate)

    def _masked(self, state: tf.Tensor, bits: list[tf.Tensor]) -> list[tf.Tensor]:
        """Return the state for each gate, with some of its numbers dropped."""
        if not bits:
            return [state] * 4
        masks = self.state_masks(bits[0], tf.shape(state))
        return [state * masks[gate] for gate in range(4)]

    # Gates are in Keras' order: input, forget, candidate, output.

    def _first_states(self, *given: tf.Tensor) -> tuple[tf.Tensor, ...]:
        input_gate, _, candidate, output_gate, *bits = given
        cell = tf.sigmoid(input_gate) * tf.tanh(candidate)
        return cell, *self._masked(tf.sigmoid(output_gate) * tf.tanh(cell), bits)

    def _next_states(self, *given: tf.Tensor) -> tuple[tf.Tensor, ...]:
        state, cell = _update(*given[:5])
        return cell, *self._masked(state, given[5:])

    def _last_state(self, *given: tf.Tensor) -> tf.Tensor:
        return _update(*given)[0]


def _recomputed(function: Callable, compiled: bool) -> Callable:
    """Return `function` of tensors with a gradient that recomputes it from its arguments.

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
    cell = tf.sigmoid(forget_gate) * cell + tf.sigmoid(input_gate) * tf.tanh(candidate)
    return tf.sigmoid(output_gate) * tf.tanh(cell), cell


def _kept(is_kept: tf.Tensor, rate: float) -> tf.Tensor:
    return tf.cast(is_kept, tf.float32) / (1 - rate)
