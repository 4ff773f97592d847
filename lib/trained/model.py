"""What all trained models have in common."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import tensorflow as tf
import tf_keras

from lib.config.base import Settings
from lib.system.errors import UserError
from lib.training.trainer import in_blocks


@dataclasses.dataclass(frozen=True)
class TrainedModel:
    """A trained model: its networks by name, its settings, its name, and where it comes from."""

    networks: Mapping[str, tf_keras.Model]
    settings: Settings
    name: str  # of the Make target
    source: str  # the run directory, or the file of recorded weights

    used: ClassVar[tuple[str, ...]]  # the names of the networks that it must have

    def __post_init__(self) -> None:
        missing = [name for name in self.used if name not in self.networks]
        if missing:
            raise UserError(
                f"{self.source} lacks the network {missing[0]}; if it is a run directory, remove "
                "networks/ in it, and the next call takes them from the checkpoint"
            )

    def predict(self, name: str, *inputs: np.ndarray) -> np.ndarray:
        """Return the first output of a network for arrays of n examples each."""

        def first_output(*block: np.ndarray) -> tf.Tensor:
            outputs = self.networks[name](block[0] if len(block) == 1 else block, training=False)
            return outputs[0] if isinstance(outputs, list | tuple) else outputs

        return in_blocks(first_output, *inputs)


def check_images(images: np.ndarray, shape: Sequence[int]) -> None:
    """Raise UserError unless `images` are uint8 (n, *shape), at least one."""
    if images.dtype != np.uint8 or images.shape[1:] != shape or not len(images):
        raise UserError(
            f"images of shape {images.shape} and type {images.dtype}; "
            f"they must be uint8 (n, {', '.join(map(str, shape))}), one or more"
        )
