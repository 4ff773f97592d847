"""Keras' LSTM with fewer operations: the same weights, the same results up to rounding."""

import tensorflow as tf
import tf_keras


class LSTM(tf_keras.layers.LSTM):
    """Keras' LSTM, unrolled over a known, small number of steps.

    All steps' inputs are multiplied by the kernel in one product, or only one step's if `repeated`
    promises the same input in every step (as after RepeatVector); the first state is zero and not
    multiplied. Default activations, no masking. Dropout masks are the same in all steps, as in
    Keras when it unrolls (Keras 3 always; Keras 2's loop samples new ones in each step).
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
        # As in Keras, recurrent dropout implies one mask per gate.
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
        """Return the arguments that recreate the layer."""
        return {**super().get_config(), "repeated": self.repeated}


def _used(masks: list | None, each_gate: bool, dtype: tf.DType) -> list[tf.Tensor]:
    """Return one mask, or one per gate; all ones without dropout."""
    if masks is None:
        return [tf.ones((1, 1), dtype)]
    return list(masks) if each_gate else [masks[0]]


def _product(values: tf.Tensor, kernel: tf.Tensor, masks: list[tf.Tensor]) -> tf.Tensor:
    """Multiply the masked `values` (..., features) by the kernel: each mask with its columns."""
    kernels = tf.split(kernel, len(masks), axis=1)
    products = [tf.tensordot(values * m, k, 1) for m, k in zip(masks, kernels, strict=True)]
    return tf.concat(products, axis=-1)


def _recurrence(
    gates: tf.Tensor, kernel: tf.Tensor, masks: list[tf.Tensor], length: int
) -> tf.Tensor:
    """Return the states (batch, length, units) from what the inputs add to the gates.

    `gates` (batch, length, 4 * units), of two steps or more, are in Keras' order: input, forget,
    candidate, output; `kernel` is the recurrent one, `masks` multiply the states before it.
    Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000.

    Its gradient is explicit (backpropagation through time, the same two papers): the kernel's is
    then one product over all steps instead of a sum over steps.
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
                by_each_gate = [
                    by_cell * candidate * input_gate * (1 - input_gate),
                    by_forget_gate * forget_gate * (1 - forget_gate),
                    by_cell * input_gate * (1 - candidate * candidate),
                    by_state * shown * output_gate * (1 - output_gate),
                ]
                by_gates[step] = tf.concat(by_each_gate, axis=1)
                by_cell *= forget_gate
                by_state = _product_back(by_gates[step], kernel, masks)
            by_kernel = _kernel_gradient(states[:-1], by_gates[1:], masks)
            return tf.stack(by_gates, axis=1), by_kernel, *[None] * len(masks)

        return tf.stack(states, axis=1), gradient

    return run(gates, kernel, *masks)


def _product_back(by_product: tf.Tensor, kernel: tf.Tensor, masks: tuple) -> tf.Tensor:
    """Return the gradient of `_product` by its values."""
    kernels = tf.split(kernel, len(masks), axis=1)
    by_gate = zip(tf.split(by_product, len(masks), axis=1), kernels, masks, strict=True)
    return tf.add_n([tf.matmul(each, k, transpose_b=True) * m for each, k, m in by_gate])


def _kernel_gradient(states: list, by_products: list, masks: tuple) -> tf.Tensor:
    """Return the gradient by the kernel of the sum of `_product` over the steps."""
    by_gate = zip(masks, tf.split(tf.concat(by_products, axis=0), len(masks), axis=1), strict=True)
    products = [
        tf.matmul(tf.concat([state * mask for state in states], axis=0), each, transpose_a=True)
        for mask, each in by_gate
    ]
    return tf.concat(products, axis=1)
