"""Floating-point operations of layers and of training steps, counted from shapes.

A multiplication and an addition are two operations. Only matrix products and convolutions count;
the other operations of a layer are few in comparison.
"""

import math
from collections.abc import Sequence


def multiply_adds(kind: str, inputs: Sequence, outputs: Sequence, weights: Sequence) -> int:
    """Return the multiply-adds of a layer for one example; 0 for a layer without kernels.

    `kind` is the name of a Keras layer; `inputs`, `outputs` and each of `weights` are shapes, the
    first two with the batch axis first. Every number of a kernel (a weight of two or more axes) is
    used once at each position to which the layer applies the kernel.
    """
    positions = {
        "Dense": lambda: math.prod(outputs[1:-1]),
        "Conv2D": lambda: math.prod(outputs[1:3]),
        "Conv2DTranspose": lambda: math.prod(inputs[1:3]),
        "LSTM": lambda: inputs[1],
        "ConvLSTM2D": lambda: math.prod(inputs[1:4]),
    }
    kernels = sum(math.prod(shape) for shape in weights if len(shape) > 1)
    return kernels * positions[kind]() if kernels else 0


def chain_step(layers: Sequence[int]) -> int:
    """Return the operations per example of a training step of layers with these multiply-adds.

    The backward pass applies a layer twice more, for the gradients of its weights and of its input;
    the first layer's input needs no gradient.
    """
    return 2 * (3 * sum(layers) - layers[0])


def gan_step(generator: Sequence[int], discriminator: Sequence[int]) -> int:
    """Return the operations of a GAN's step per example of the batch.

    The discriminator trains on a batch of which half is generated. The generator trains on a whole
    batch, for which the discriminator needs gradients of its input but none of its weights.
    """
    generated_for_discriminator = 2 * sum(generator) // 2
    through_discriminator = 2 * 2 * sum(discriminator)
    return (
        generated_for_discriminator
        + chain_step(discriminator)
        + chain_step(generator)
        + through_discriminator
    )
