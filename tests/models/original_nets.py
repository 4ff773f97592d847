"""The original's two convolutional networks, of stock Keras 2 layers."""

from lib.system import runtime

layers = runtime.tf_keras.layers
CONVOLUTION = {"kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"}


def downsampling(filters, outputs):
    """Images (64, 64, 3) -> (outputs,)."""
    return [
        *(layers.Conv2D(filters, **CONVOLUTION) for _ in range(5)),
        layers.Flatten(),
        layers.Dense(outputs, activation="sigmoid"),
    ]


def upsampling(filters, activation):
    """Latents -> images (64, 64, 3)."""
    return [
        layers.Dense(4 * 4 * 64),
        layers.Reshape((4, 4, 64)),
        *(layers.Conv2DTranspose(filters, **CONVOLUTION) for _ in range(4)),
        layers.Conv2D(3, 3, padding="same", activation=activation),
    ]
