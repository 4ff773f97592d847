"""What the other ways train on: prepared data as floating-point arrays in memory."""

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

    Raises UserError where fewer are prepared.
    """
    images = faces.load().images[:count]
    if len(images) < count:
        raise UserError(f"{len(images)} faces are prepared and {count} are needed; run: make data")
    return images.astype(np.float32) / 255


def parts(settings: SequenceSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices to train and to validate on; as many of each as an experiment takes."""
    indices = choose_indices(settings.query_count, SEED)
    indices = np.random.default_rng(SEED).permutation(indices)
    indices = indices[: int(len(indices) * getattr(settings, "train_fraction", 1))]
    kept = int(len(indices) * (1 - settings.validation_fraction))
    return indices[:kept], indices[kept:]


def one_hot(codes: np.ndarray) -> np.ndarray:
    """Return tokens (n, length) as float32 (n, length, 13)."""
    return np.eye(len(VOCABULARY), dtype=np.float32)[codes]


def written(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the tokens of queries and answers: uint8 (n, 5), (n, 3)."""
    return arithmetic().queries[indices], arithmetic().answers[indices]


def drawn(codes: np.ndarray) -> np.ndarray:
    """Return an image of each token: float32 (n, length, 28, 28, 1) in [0, 1]."""
    tokens = TokenImages.for_training(digits.load())
    return tokens.images[sample_query_images(tokens, codes, SEED)][..., None] / np.float32(255)
