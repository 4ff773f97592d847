"""Keras' LSTM with fewer operations: the same weights, the same results up to rounding."""

import tensorflow as tf
import tf_keras


class LSTM(tf_keras.layers.LSTM):
    """Keras' LSTM, unrolled over a known, small number of steps.

    Every product of matrices that can be shared or spared is: all steps' inputs are multiplied by
    the kernel at once, or a single time where `repeated` promises that every step has the same
    input (as after RepeatVector), and the first state, which is zero, is not multiplied at all.
    Default activations, no masking. Dropout masks are one for all steps, drawn as Keras draws them
    where it unrolls (Keras 3 always; in a loop, Keras 2 draws anew in each step).
    """

    def __init__(self, units: int, repeated: bool = False, **options: object) -> None:
        super().__init__(units, **{**options, "unroll": True})
        self.repeated = repeated

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Return the states (batch, length, units), or the last one."""
        cell, (batch, length) = self.cell, (tf.shape(inputs)[0], inputs.shape[1])
        self._maybe_reset_cell_dropout_mask(cell)
        given = inputs[:, :1] if self.repeated else inputs
        masks = cell.get_dropout_mask_for_cell(inputs[:, 0], training, count=4)
        zeros = tf.zeros((batch, self.units), inputs.dtype)
        state_masks = cell.get_recurrent_dropout_mask_for_cell(zeros, training, count=4)
        # As in Keras, recurrent dropout brings a mask of its own for each gate.
        each_gate = cell.implementation == 1
        masks = [mask[:, None] for mask in _used(masks, each_gate, inputs.dtype)]
        gates = _product(given, cell.kernel, masks) + cell.bias
        states = _recurrence(
            tf.broadcast_to(gates, (batch, length, 4 * self.units)),
            tf.convert_to_tensor(cell.recurrent_kernel),
            _used(state_masks, each_gate, inputs.dtype),
            length,
        )
        return states if self.return_sequences else states[:, -1]

    def get_config(self) -> dict:
        """Return what makes the layer again."""
        return {**super().get_config(), "repeated": self.repeated}


def _used(masks: list | None, each_gate: bool, dtype: tf.DType) -> list[tf.Tensor]:
    """Return one mask, or one for each gate; all ones where there is no dropout."""
    if masks is None:
        return [tf.ones((1, 1), dtype)]
    return list(masks) if each_gate else [masks[0]]


def _product(values: tf.Tensor, kernel: tf.Tensor, masks: list[tf.Tensor]) -> tf.Tensor:
    """Multiply the masked `values` (..., features) by the kernel, part by part for each mask."""
    kernels = tf.split(kernel, len(masks), axis=1)
    parts = [tf.tensordot(values * m, k, 1) for m, k in zip(masks, kernels, strict=True)]
    return tf.concat(parts, axis=-1)


def _recurrence(
    gates: tf.Tensor, kernel: tf.Tensor, masks: list[tf.Tensor], length: int
) -> tf.Tensor:
    """Return the states (batch, length, units) from what the inputs add to the gates.

    `gates` (batch, length, 4 * units), of two steps or more, are in Keras' order: input, forget,
    candidate, output; `kernel` is the recurrent one, `masks` what states are multiplied by before
    it. Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000.

    Its gradient is written out (backpropagation through time, the same two papers), so that the
    kernel's is one product over all steps instead of a sum of one for each.
    """

    @tf.custom_gradient
    def run(gates: tf.Tensor, kernel: tf.Tensor, *masks: tf.Tensor) -> tuple:
        steps, states = [], []
        cell = None
        for step in range(length):
            total = gates[:, step]
            if states:
                total += _product(states[-1], kernel, masks)
            input_gate, forget_gate, candidate, output_gate = tf.split(total, 4, axis=1)
            input_gate, forget_gate = tf.sigmoid(input_gate), tf.sigmoid(forget_gate)
            candidate, output_gate = tf.tanh(candidate), tf.sigmoid(output_gate)
            previous = cell
            if previous is None:
                cell = input_gate * candidate
            else:
                cell = forget_gate * previous + input_gate * candidate
            shown = tf.tanh(cell)
            states.append(output_gate * shown)
            steps.append((input_gate, forget_gate, candidate, output_gate, previous, shown))

        def gradient(by_states: tf.Tensor) -> tuple:
            by_gates = [None] * length
            by_state = by_cell = 0.0
            for step in reversed(range(length)):
                input_gate, forget_gate, candidate, output_gate, previous, shown = steps[step]
                by_state += by_states[:, step]
                by_cell += by_state * output_gate * (1 - shown * shown)
                by_forget_gate = 0.0 if previous is None else by_cell * previous
                parts = [
                    by_cell * candidate * input_gate * (1 - input_gate),
                    by_forget_gate * forget_gate * (1 - forget_gate),
                    by_cell * input_gate * (1 - candidate * candidate),
                    by_state * shown * output_gate * (1 - output_gate),
                ]
                by_gates[step] = tf.concat(parts, axis=1)
                by_cell *= forget_gate
                by_state = _product_back(by_gates[step], kernel, masks)
            by_kernel = _kernel_gradient(states[:-1], by_gates[1:], masks)
            return tf.stack(by_gates, axis=1), by_kernel, *[None] * len(masks)

        return tf.stack(states, axis=1), gradient

    return run(gates, kernel, *masks)


def _product_back(by_product: tf.Tensor, kernel: tf.Tensor, masks: tuple) -> tf.Tensor:
    """Return the gradient of `_product` by its values."""
    kernels = tf.split(kernel, len(masks), axis=1)
    parts = zip(tf.split(by_product, len(masks), axis=1), kernels, masks, strict=True)
    return tf.add_n([tf.matmul(part, k, transpose_b=True) * m for part, k, m in parts])


def _kernel_gradient(states: list, by_products: list, masks: tuple) -> tf.Tensor:
    """Return the gradient by the kernel of the sum of `_product` over the steps."""
    parts = zip(masks, tf.split(tf.concat(by_products, axis=0), len(masks), axis=1), strict=True)
    products = [
        tf.matmul(tf.concat([state * mask for state in states], axis=0), part, transpose_a=True)
        for mask, part in parts
    ]
    return tf.concat(products, axis=1)
