"""Batches of faces, and the samples of each epoch, for every model of faces."""

from collections.abc import Iterator

import numpy as np

from lib.data import faces
from lib.data.images import SIDE
from lib.system.errors import UserError
from lib.system.randomness import generator

SHOWN = 9  # samples, frames of an interpolation: as many as the original showed
MEASURED = 1_000  # images that a metric is computed on, at most
MEASURED_PATHS = 50  # interpolations
CODES_FITTED = 5_000  # faces whose codes a Gaussian is fitted to, at most


class FaceBatches:
    """The first `count` faces, memory-mapped: uint8 (count, 64, 64, 3)."""

    def __init__(self, count: int, batch_size: int, seed: int) -> None:
        prepared = faces.load()
        self.images = prepared.images[:count]
        counts = prepared.provenance["counts"]
        # Of the images as given: the number of distinct sizes, and the most common ones.
        self.source_sizes = {name: counts[name] for name in ("distinct_sizes", "sizes")}
        self.batch_size = batch_size
        self.seed = seed
        if len(self.images) < batch_size:
            raise UserError(
                f"{len(self.images)} faces do not fill a batch of {batch_size}; "
                "give more images or a smaller BATCH_SIZE"
            )

    @property
    def steps(self) -> int:
        """Batches in an epoch; the last may be smaller."""
        return -(-len(self.images) // self.batch_size)

    def shuffled(self, epoch: int) -> Iterator[np.ndarray]:
        """Yield the batches of an epoch over all faces in random order."""
        order = generator(self.seed, "shuffle", epoch).permutation(len(self.images))
        for start in range(0, len(order), self.batch_size):
            yield self.images[order[start : start + self.batch_size]]

    def measured(self) -> tuple[np.ndarray, np.ndarray]:
        """Return two sets of real faces of one size.

        Generated faces are compared with the first, and so is the second, as the floor.
        """
        count = min(MEASURED, len(self.images) // 2)
        return np.array(self.images[:count]), np.array(self.images[count : 2 * count])

    def sampled(self, count: int, epoch: int, step: int) -> np.ndarray:
        """Return `count` faces sampled with replacement: uint8 (count, 64, 64, 3)."""
        indices = generator(self.seed, "real faces", epoch, step).integers(
            len(self.images), size=count
        )
        return self.images[indices]


def no_samples() -> np.ndarray:
    """Return the samples of no epoch: uint8 (0, 9, 64, 64, 3)."""
    return np.zeros((0, SHOWN, SIDE, SIDE, 3), np.uint8)


def shown_latents(seed: int, latent_dim: int) -> np.ndarray:
    """Return the nine latents of a run's samples, from N(0, I): float32 (9, latent_dim)."""
    return generator(seed, "samples").standard_normal((SHOWN, latent_dim), np.float32)
