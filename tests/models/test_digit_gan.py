import numpy as np
import pytest

from lib.models.arithmetic.digit_gan import build_discriminator, build_generator
from lib.system import runtime

tf = runtime.tf
PADDING = 12


def test_a_blank_has_no_ink_and_half_a_blank_half_of_it():
    generator = build_generator(filters=4, style_dim=2)
    styles = np.random.default_rng(0).standard_normal((1, 2), dtype=np.float32)
    padding = np.eye(13, dtype=np.float32)[[PADDING]]
    assert not np.any(generator([padding, styles]))
    drawing = generator.get_layer("drawing")
    half = (padding + np.eye(13, dtype=np.float32)[[3]]) / 2
    expected = drawing(np.concatenate([half, styles], axis=1)) / 2
    assert np.allclose(generator([half, styles]), expected, atol=1e-6)


def test_images_are_28_pixels_wide_and_in_0_to_1():
    generator = build_generator(filters=4, style_dim=2)
    images = generator([np.eye(13, dtype=np.float32), np.ones((13, 2), np.float32)]).numpy()
    assert images.shape == (13, 28, 28, 1)
    assert images.min() >= 0
    assert images.max() <= 1


def test_each_layer_behind_the_verdict_stretches_by_at_most_1():
    discriminator = build_discriminator(filters=4)
    images = np.random.default_rng(0).random((8, 28, 28, 1), dtype=np.float32)
    for _ in range(50):
        logits = discriminator(images, training=True)
    assert logits.shape == (8, 13)
    kernels = {
        variable.name: variable.numpy().reshape(-1, variable.shape[-1])
        for variable in discriminator.trainable_variables
        if "kernel" in variable.name
    }
    assert len(kernels) == 5
    for kernel in kernels.values():
        assert np.linalg.norm(kernel, 2) == pytest.approx(1, rel=0.05)
