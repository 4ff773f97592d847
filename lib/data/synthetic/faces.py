"""Synthetic faces: drawn portraits.

Each is drawn at twice the size, from some dozens of properties sampled at random, and then shrunk.
"""

import functools
from collections.abc import Iterator

import numpy as np
from PIL import Image

from lib.data.images.pixels import resize
from lib.data.synthetic.portrait import Portrait
from lib.data.workers import in_processes
from lib.system.randomness import generator

BATCH = 100


def draw_faces(count: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Yield `count` portraits, uint8 RGB of shape (64, 64, 3).

    Face i depends on `seed` and i alone, so a smaller count is the beginning of a larger one.
    """
    batches = [range(count)[first : first + BATCH] for first in range(0, count, BATCH)]
    return in_processes(functools.partial(_draw_batch, seed), batches, len(batches))


def _draw_batch(seed: int, indices: range) -> np.ndarray:
    portraits = [Portrait(generator(seed, "drawn face", index)) for index in indices]
    return np.array([resize(Image.fromarray(portrait.draw())) for portrait in portraits])
