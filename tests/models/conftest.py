import numpy as np
import pytest

from lib.data import digits, faces


@pytest.fixture(autouse=True, scope="session")
def _eagerly(runtime):
    """Nothing is compiled, as that takes longer than training a tiny model."""
    runtime.tf.config.run_functions_eagerly(True)
    yield
    runtime.tf.config.run_functions_eagerly(False)


@pytest.fixture(autouse=True, scope="module")
def _seeded_module(runtime):
    """What a module's fixtures build starts with the same weights, whatever was run before."""
    runtime.tf_keras.utils.set_random_seed(0)


@pytest.fixture(autouse=True)
def _seeded(runtime):
    """What a test builds starts with the same weights, whatever was run before."""
    runtime.tf_keras.utils.set_random_seed(0)


@pytest.fixture
def compiled(runtime):
    """What the test trains is compiled, as in a run."""
    runtime.tf.config.run_functions_eagerly(False)
    yield
    runtime.tf.config.run_functions_eagerly(True)


@pytest.fixture
def few_faces(monkeypatch):
    """Twenty prepared faces of noise: uint8 (20, 64, 64, 3)."""
    images = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), dtype=np.uint8)
    counts = {"used": 20, "skipped": {}, "distinct_sizes": 1, "sizes": {"178x218": 20}}
    prepared = faces.Faces(images, {"counts": counts})
    monkeypatch.setattr(faces, "load", lambda: prepared)
    return images


@pytest.fixture
def few_digits(monkeypatch):
    """Four prepared training digits of noise of each class; none to test on."""
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (40, 28, 28), dtype=np.uint8)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 4)
    prepared = digits.Digits(images, labels, images[:0], labels[:0], {})
    monkeypatch.setattr(digits, "load", lambda: prepared)
    return prepared


@pytest.fixture
def few_digits_and_others(monkeypatch):
    """Four prepared training digits of noise of each class, and two of each to test on."""
    random = np.random.default_rng(2)
    images = random.integers(0, 256, (60, 28, 28), dtype=np.uint8)
    labels = np.arange(60, dtype=np.uint8) % 10
    prepared = digits.Digits(images[:40], labels[:40], images[40:], labels[40:], {})
    monkeypatch.setattr(digits, "load", lambda: prepared)
    return prepared
