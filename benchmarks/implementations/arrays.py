"""The data of the Keras and PyTorch implementations: floating-point arrays in memory."""

import numpy as np

from lib.config.arithmetic import SequenceSettings
from lib.data import digits, faces
from lib.data.arithmetic import (
    VOCABULARY,
    TokenImages,
    arithmetic,
    choose_indices,
    sample_query_images,
)
from lib.system.errors import UserError

SEED = 0


def scaled_faces(count: int) -> np.ndarray:
    """Return the first `count` prepared faces: float32 (count, 64, 64, 3) in [0, 1].

    Raises UserError if fewer are prepared.
    """
    images = faces.load().images[:count]
    if len(images) < count:
        raise UserError(
            f"{count} faces are needed and only {len(images)} are prepared; "
            "run: make data DATA=builtin"
        )
    return images.astype(np.float32) / 255


def splits(settings: SequenceSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the query indices of the training and of the validation split, as experiments have."""
    indices = choose_indices(settings.query_count, SEED)
    indices = np.random.default_rng(SEED).permutation(indices)
    indices = indices[: int(len(indices) * getattr(settings, "train_fraction", 1))]
    train_count = int(len(indices) * (1 - settings.validation_fraction))
    return indices[:train_count], indices[train_count:]


def one_hot(codes: np.ndarray) -> np.ndarray:
    """Return tokens (n, length) as float32 (n, length, 13)."""
    return np.eye(len(VOCABULARY), dtype=np.float32)[codes]


def tokens(indices: np.ndarray | slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
    """Return the tokens of queries and answers, uint8 (n, 5) and (n, 3), by default of all."""
    return arithmetic().queries[indices], arithmetic().answers[indices]


def token_images(codes: np.ndarray) -> np.ndarray:
    """Return a sampled image of each token of `codes`: float32 (n, length, 28, 28, 1) in [0, 1]."""
    instances = TokenImages.for_training(digits.load())
    chosen = sample_query_images(instances, codes, SEED)
    return instances.images[chosen][..., None] / np.float32(255)
