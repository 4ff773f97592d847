"""Drawn portraits that stand in for photographs of faces where none can be had.

Each is drawn at twice the size, from some dozens of properties chosen at random, and then shrunk.
"""

import functools
import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from lib.data.images import SIDE, resize
from lib.data.portrait import Portrait
from lib.randomness import generator

BATCH = 100


def draw_faces(count: int, seed: int = 0) -> np.ndarray:
    """Return `count` portraits, uint8 RGB of shape (count, 64, 64, 3).

    Face i depends on `seed` and i alone, so a smaller count is the beginning of a larger one.
    """
    return np.array(list(drawn(count, seed)), np.uint8).reshape(count, SIDE, SIDE, 3)


def drawn(count: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Yield the portraits of `draw_faces` one by one."""
    batches = [range(first, min(first + BATCH, count)) for first in range(0, count, BATCH)]
    draw_batch = functools.partial(_draw_batch, seed)
    workers = min(len(os.sched_getaffinity(0)), len(batches) // 2)
    if workers < 2:
        for batch in batches:
            yield from draw_batch(batch)
        return
    # Processes, because so many small drawing steps hold Python's global lock; spawned, because a
    # fork would inherit the locks of other threads.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=_end_with_parent) as pool:
        for faces in pool.map(draw_batch, batches):
            yield from faces


def _end_with_parent() -> None:
    """Let this process end when the one that started it is killed; it would wait for ever."""

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _draw_batch(seed: int, indices: range) -> np.ndarray:
    portraits = [Portrait(generator(seed, "drawn face", index)) for index in indices]
    return np.array([resize(portrait.draw()) for portrait in portraits])
