"""Prepared data of noise; without pytest, because PyTorch's interpreter imports this too."""

import numpy as np

from lib.data import digits, faces


def replace_data_by_noise(setattr):
    """Replace what loads faces and digits; `setattr` is the builtin or monkeypatch's."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (800, 64, 64, 3), dtype=np.uint8)
    setattr(
        faces, "load", lambda: faces.Faces(images, {"counts": {"distinct_sizes": 1, "sizes": {}}})
    )
    instances = random.integers(0, 256, (20, 28, 28), dtype=np.uint8)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 2)
    prepared = digits.Digits(instances, labels, instances[:0], labels[:0], {})
    setattr(digits, "load", lambda: prepared)
