"""Prepared data of noise; no pytest, because other interpreters import this too."""

import numpy as np

from lib.data import digits, faces


def put_noise_in_place_of_data(setattr):
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (800, 64, 64, 3), dtype=np.uint8)
    setattr(
        faces, "load", lambda: faces.Faces(images, {"counts": {"distinct_sizes": 1, "sizes": {}}})
    )
    written = random.integers(0, 256, (20, 28, 28), dtype=np.uint8)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 2)
    prepared = digits.Digits(written, labels, written[:0], labels[:0], {})
    setattr(digits, "load", lambda: prepared)
