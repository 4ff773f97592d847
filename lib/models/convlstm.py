"""Keras' ConvLSTM2D with fewer operations: the same weights, the same results up to rounding."""

import tensorflow as tf
import tf_keras

LEVELS = 2**16  # of the random numbers that dropout compares with its rate


class ConvLSTM2D(tf_keras.layers.ConvLSTM2D):
    """Keras' ConvLSTM2D (Shi et al. 2015), unrolled over a known, small number of steps.

    All steps' inputs are convolved at once and the first state, which is zero, not at all. What
    lies between two convolutions only passes over memory: with `compiled` XLA does all of it in one
    pass. Dropout draws a mask for each gate and step, as Keras' loop does in a graph. Default
    activations and strides, "same" padding, channels last, no masking; the last state only.
    """

    def __init__(self, filters: int, kernel_size: int, compiled: bool, **options: object) -> None:
        super().__init__(filters, kernel_size, **{**options, "padding": "same"})
        self._compiled = compiled
        self._first = tf.function(self._first_states, jit_compile=compiled, autograph=False)
        self._next = tf.function(self._next_states, jit_compile=compiled, autograph=False)
        self._last = tf.function(self._last_state, jit_compile=compiled, autograph=False)

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Return the last state (batch, height, width, filters) for (batch, length, ...)."""
        length = inputs.shape[1]
        given = self._convolved(tf.transpose(inputs, (1, 0, 2, 3, 4)), training)
        memory, *states = self._first(*given[0], self._drawn(inputs, training))
        kernels = tf.split(self.cell.recurrent_kernel, 4, axis=3)
        for step in range(1, length):
            convolved = [
                tf.nn.conv2d(state, kernel, 1, "SAME")
                for state, kernel in zip(states, kernels, strict=True)
            ]
            if step == length - 1:
                return self._last(*given[step], *convolved, memory)
            drawn = self._drawn(inputs, training)
            memory, *states = self._next(*given[step], *convolved, memory, drawn)
        raise ValueError("a ConvLSTM2D takes two steps or more")

    def get_config(self) -> dict:
        """Return what makes the layer again."""
        return {**super().get_config(), "compiled": self._compiled}

    def _convolved(self, inputs: tf.Tensor, training: bool | None) -> list[list[tf.Tensor]]:
        """Return what the inputs (length, batch, ...) add to each of the four gates, by step."""
        cell, shape = self.cell, tf.shape(inputs)
        weights = zip(tf.split(cell.kernel, 4, axis=3), tf.split(cell.bias, 4), strict=True)
        masked = [inputs] * 4
        if training and self.dropout:
            numbers = self._generator.uniform(tf.concat([[4], shape], axis=0))
            masked = tf.unstack(inputs * _kept(numbers >= self.dropout, self.dropout))
        flat = [tf.reshape(gate, tf.concat([[-1], shape[2:]], axis=0)) for gate in masked]
        gates = [
            tf.nn.conv2d(gate, kernel, 1, "SAME") + bias
            for gate, (kernel, bias) in zip(flat, weights, strict=True)
        ]
        by_step = [tf.split(gate, inputs.shape[0]) for gate in gates]
        return [list(gates) for gates in zip(*by_step, strict=True)]

    @property
    def _generator(self) -> tf.random.Generator:
        self.cell._random_generator._maybe_init()
        return self.cell._random_generator._generator

    def _drawn(self, inputs: tf.Tensor, training: bool | None) -> tf.Tensor | None:
        """Draw 16 random bits for every number of a state and gate, None where none is dropped."""
        if not (training and self.recurrent_dropout):
            return None
        shape = tf.shape(inputs)
        size = shape[0] * shape[2] * shape[3] * self.filters
        return self._generator.uniform_full_int([size], tf.uint64)

    def _masked(self, state: tf.Tensor, drawn: tf.Tensor | None) -> list[tf.Tensor]:
        """Return the state for each gate, with some of its numbers dropped."""
        if drawn is None:
            return [state] * 4
        numbers = tf.cast(tf.bitcast(drawn, tf.uint16), tf.int32)
        shape = tf.concat([[4], tf.shape(state)], axis=0)
        rate = self.recurrent_dropout
        kept = _kept(tf.reshape(numbers, shape) >= round(rate * LEVELS), rate)
        return [state * kept[gate] for gate in range(4)]

    # Gates are in Keras' order: input, forget, candidate, output.

    def _first_states(self, *given: tf.Tensor | None) -> tuple[tf.Tensor, ...]:
        into, _, new, out, drawn = given
        memory = _gate(into) * tf.tanh(new)
        return memory, *self._masked(_gate(out) * tf.tanh(memory), drawn)

    def _next_states(self, *given: tf.Tensor | None) -> tuple[tf.Tensor, ...]:
        *gates, memory, drawn = given
        state, memory = _update(*gates, memory)
        return memory, *self._masked(state, drawn)

    def _last_state(self, *given: tf.Tensor) -> tf.Tensor:
        return _update(*given)[0]


def _update(*given: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return state and memory after a step: from inputs' and states' share of gates, and memory."""
    *shares, memory = given
    into, keep, new, out = (a + b for a, b in zip(shares[:4], shares[4:], strict=True))
    memory = _gate(keep) * memory + _gate(into) * tf.tanh(new)
    return _gate(out) * tf.tanh(memory), memory


def _gate(values: tf.Tensor) -> tf.Tensor:
    """Keras' hard sigmoid."""
    return tf.clip_by_value(0.2 * values + 0.5, 0.0, 1.0)


def _kept(is_kept: tf.Tensor, rate: float) -> tf.Tensor:
    return tf.cast(is_kept, tf.float32) / (1 - rate)
