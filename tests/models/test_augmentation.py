import numpy as np
import pytest
from scipy import ndimage

from lib.models.arithmetic.augmentation import random_affine
from lib.system import runtime

tf, tf_keras = runtime.tf, runtime.tf_keras
SEEDS = np.array([3, 4], np.int32)


@pytest.fixture(scope="module")
def images():
    """Smooth noise: float32 (6, 28, 28, 1) in about [0, 1]."""
    noise = np.random.default_rng(0).random((6, 28, 28, 1))
    return ndimage.gaussian_filter(noise, (0, 2, 2, 0)).astype(np.float32)


@pytest.fixture
def drawn(monkeypatch):
    """Return a function that fixes what is drawn: of the turn, the zoom and both shifts."""

    def fix(*values):
        def draw(shape, seed, low, high):
            assert (int(shape[0]), low, high) == (4, -1, 1)
            return tf.tile(tf.constant(values, tf.float32)[:, None], (1, shape[1]))

        monkeypatch.setattr(tf.random, "stateless_uniform", draw)

    return fix


def test_without_ranges_nothing_changes(images):
    assert np.allclose(random_affine(images, SEEDS, 0, 0, 0), images, atol=1e-6)


@pytest.mark.parametrize("turns", [-1, 1, 2])
def test_a_quarter_turn_moves_every_pixel_to_its_place(images, drawn, turns):
    drawn(np.sign(turns), 0, 0, 0)
    turned = random_affine(images, SEEDS, abs(turns) / 4, 0, 0)
    assert np.allclose(turned, np.rot90(images, turns, axes=(1, 2)), atol=1e-5)


@pytest.mark.parametrize(("right", "down"), [(2, 0), (0, 3), (-4, 1)])
def test_a_shift_by_whole_pixels_leaves_black_behind(images, drawn, right, down):
    drawn(0, 0, right / 4, down / 4)
    shifted = random_affine(images, SEEDS, 0, 0, 4 / 28)
    expected = ndimage.shift(images, (0, down, right, 0), order=0, mode="constant")
    assert np.allclose(shifted, expected, atol=1e-5)


@pytest.mark.parametrize(
    "values", [(0.4, 0, 0, 0), (0, 1, 0, 0), (0, -1, 0, 0), (0.7, -0.5, 0.3, -0.8)]
)
def test_any_mixture_is_the_affine_map_about_the_centre(images, drawn, values):
    drawn(*values)
    turn, zoom, right, down = np.array(values) * [2 * np.pi * 0.05, 0.1, 0.1 * 28, 0.1 * 28]
    # An output pixel (row, column) shows what was there before the turn, the zoom and the shift.
    matrix = (1 + zoom) * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    offset = 13.5 - matrix @ (13.5 + np.array([down, right]))
    result = random_affine(images, SEEDS, 0.05, 0.1, 0.1).numpy()
    for image, made in zip(images[..., 0], result[..., 0], strict=True):
        expected = ndimage.affine_transform(image, matrix, offset, order=1, mode="grid-constant")
        assert np.allclose(made, expected, atol=1e-4)


def test_draws_are_uniform_and_of_each_image_its_own():
    """Read off where the centre of a ramp lands: shifts of -2.8 to 2.8 pixels, independent."""
    across = np.tile(np.arange(28, dtype=np.float32), (28, 1))
    ramps = np.repeat(np.stack([across, across.T], axis=-1)[None], 3_000, axis=0)
    made = random_affine(ramps, SEEDS, 0, 0, 0.1).numpy()
    shifts = 13.5 - made[:, 13:15, 13:15].mean(axis=(1, 2))
    assert np.abs(shifts).max() <= 2.8 + 1e-4
    assert np.abs(shifts.mean(axis=0)).max() < 4 * 2.8 / np.sqrt(3 * 3_000)
    assert np.allclose(shifts.std(axis=0), 2.8 / np.sqrt(3), rtol=0.03)
    assert abs(np.corrcoef(shifts.T)[0, 1]) < 4 / np.sqrt(3_000)


def test_the_seeds_alone_decide(images):
    first, again, other = (
        random_affine(images, np.array(seeds, np.int32), 0.05, 0.1, 0.1).numpy()
        for seeds in ((3, 4), (3, 4), (3, 5))
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
