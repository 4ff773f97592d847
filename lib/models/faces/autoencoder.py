"""Convolutional autoencoder (CAE)."""

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.faces import CAESettings
from lib.metrics.images import reconstruction_error
from lib.models.faces.batches import SHOWN, FaceBatches
from lib.models.faces.blocks import SIDE, downsampling, reconstruction_loss, upsampling
from lib.system.runtime import compile_convolutions
from lib.training.trainer import Evaluation, Trainer, adam, epoch_means, in_blocks, to_uint8


class CAETrainer(Trainer):
    """Trains a CAE to reconstruct faces."""

    def __init__(self, settings: CAESettings, seed: int) -> None:
        super().__init__(settings, seed)
        self.faces = FaceBatches(settings.image_count, settings.batch_size, seed)
        self.models["cae"] = tf_keras.Sequential(
            [
                tf_keras.layers.Input((SIDE, SIDE, 3)),
                downsampling(settings.filters, settings.latent_dim, "encoder"),
                upsampling(settings.filters, settings.latent_dim, "sigmoid", "decoder"),
            ]
        )
        variables = self.models["cae"].trainable_variables
        self.optimizers["cae"] = adam(variables, settings.learning_rate)
        self._compiled_step = tf.function(self.train_step, jit_compile=compile_convolutions())

    def train_epoch(self, epoch: int, title: str) -> dict[str, float]:
        """Go over all faces once."""
        batches = ((images,) for images in self.faces.shuffled(epoch))
        return epoch_means(batches, self.faces.steps, title, self._compiled_step)

    def train_step(self, pixels: tf.Tensor) -> dict[str, tf.Tensor]:
        """Take a step of Adam on a batch of uint8 faces; return its loss."""
        images = tf.cast(pixels, tf.float32) / 255
        variables = self.models["cae"].trainable_variables
        with tf.GradientTape() as tape:
            loss = reconstruction_loss(images, self.models["cae"](images, training=True))
        gradients = tape.gradient(loss, variables)
        self.optimizers["cae"].apply_gradients(zip(gradients, variables, strict=True))
        return {"loss": loss}

    def networks(self) -> dict[str, tf_keras.Model]:
        """Return the encoder and the decoder."""
        encoder, decoder = self.models["cae"].layers
        return {"encoder": encoder, "decoder": decoder}

    def preview(self) -> np.ndarray:
        """Return faces and, after them, their reconstructions."""
        faces = np.array(self.faces.images[:SHOWN])
        return np.concatenate([faces, self.reconstruct(faces)])

    def reconstruct(self, pixels: np.ndarray) -> np.ndarray:
        """Return the reconstructions of uint8 faces (n, 64, 64, 3), as uint8."""
        model = self.models["cae"]
        return to_uint8(in_blocks(lambda block: model(block.astype(np.float32) / 255), pixels))

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Reconstruct faces, and measure how well."""
        real, _ = self.faces.measured()
        reconstructions = self.reconstruct(real)
        return Evaluation(
            metrics={"loss": history[-1]["loss"], **reconstruction_error(real, reconstructions)},
            samples={"originals": real[:SHOWN], "reconstructions": reconstructions[:SHOWN]},
        )
