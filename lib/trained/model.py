"""What all trained models have in common."""

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import tf_keras

from lib.config.base import Settings
from lib.system.errors import UserError

BLOCK = 200  # examples that a network computes at once, which bounds the memory


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
                "networks/ in it, and the next call writes it again from the checkpoint"
            )

    def predict(self, name: str, *inputs: np.ndarray) -> np.ndarray:
        """Return the first output of a network for arrays of n examples each, block by block."""
        network = self.networks[name]
        outputs = []
        for start in range(0, len(inputs[0]), BLOCK):
            block = [each[start : start + BLOCK] for each in inputs]
            predicted = network(block[0] if len(block) == 1 else block, training=False)
            first = predicted[0] if isinstance(predicted, list | tuple) else predicted
            outputs.append(first.numpy())
        return np.concatenate(outputs)
