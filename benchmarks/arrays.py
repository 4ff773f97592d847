"""What the other ways train on: prepared data as floating-point arrays in memory."""

import numpy as np

from lib.config.arithmetic import SequenceSettings
from lib.data import digits, faces
from lib.data.arithmetic import (
    ALPHABET,
    SymbolImages,
    arithmetic,
    choose_rows,
    draw_query_images,
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
    """Return the rows to train and to validate on; as many of each as an experiment takes."""
    rows = choose_rows(settings.query_count, SEED)
    rows = np.random.default_rng(SEED).permutation(rows)
    rows = rows[: int(len(rows) * getattr(settings, "train_fraction", 1))]
    kept = int(len(rows) * (1 - settings.validation_fraction))
    return rows[:kept], rows[kept:]


def one_hot(codes: np.ndarray) -> np.ndarray:
    """Return symbols (n, length) as float32 (n, length, 13)."""
    return np.eye(len(ALPHABET), dtype=np.float32)[codes]


def written(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the symbols of queries and answers: uint8 (n, 5), (n, 3)."""
    return arithmetic().queries[rows], arithmetic().answers[rows]


def drawn(codes: np.ndarray) -> np.ndarray:
    """Return an image of each symbol: float32 (n, length, 28, 28, 1) in [0, 1]."""
    symbols = SymbolImages.for_training(digits.load())
    return symbols.images[draw_query_images(symbols, codes, SEED)][..., None] / np.float32(255)
