"""Random numbers keyed by seed, purpose and place, so that resumed runs get the same ones."""

import zlib

import numpy as np


def generator(seed: int, purpose: str, *place: int) -> np.random.Generator:
    """Return a generator for one purpose at one place (an epoch, a step) of the run with `seed`."""
    return np.random.Generator(np.random.Philox(_sequence(seed, purpose, place)))


def stateless_seed(seed: int, purpose: str, *place: int) -> np.ndarray:
    """Return a seed for TensorFlow's stateless operations: int32 of shape (2,)."""
    return _sequence(seed, purpose, place).generate_state(2).view(np.int32)


def _sequence(seed: int, purpose: str, place: tuple[int, ...]) -> np.random.SeedSequence:
    return np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), *place])
