import numpy as np
import pytest
from scipy import ndimage

from lib.metrics import images as metrics
from tests.metrics.example_images import constant, noise


def test_sharpness_of_a_checkerboard():
    # Every response is plus or minus 8 times half the height of the pattern, mirrored borders too.
    board = np.indices((64, 64)).sum(axis=0) % 2 * 100 + 50
    image = np.repeat(board[None, :, :, None], 3, axis=-1).astype(np.uint8)
    assert metrics.sharpness(image) == pytest.approx([(8 * 50) ** 2], rel=1e-5)


def test_sharpness_of_one_bright_pixel():
    image = constant(0)
    image[0, 30, 30] = 10
    responses = [-40, 10, 10, 10, 10]
    expected = np.square(responses).sum() / 64**2  # their sum, so their mean, is 0
    assert metrics.sharpness(image) == pytest.approx([expected], rel=1e-5)


def test_sharpness_equals_scipy_on_luma():
    images = noise()
    luma = images @ np.array([0.299, 0.587, 0.114])
    expected = [ndimage.laplace(plane, mode="mirror").var() for plane in luma]
    np.testing.assert_allclose(metrics.sharpness(images), expected, rtol=1e-4)


def test_a_constant_image_has_no_sharpness():
    assert metrics.sharpness(constant(0, 77)) == pytest.approx([0, 0], abs=1e-6)


def test_reconstruction_error_of_a_known_difference():
    error = metrics.reconstruction_error(constant(51, 0), constant(0, 102))
    assert error["mean_squared_error"] == pytest.approx((0.2**2 + 0.4**2) / 2)
    assert error["mean_absolute_error"] == pytest.approx((0.2 + 0.4) / 2)


def test_reconstruction_error_takes_unit_range_floats():
    images = noise()
    error = metrics.reconstruction_error(images, images / 255)
    assert error["mean_squared_error"] == pytest.approx(0, abs=1e-12)


def test_reconstruction_error_refuses_unequal_shapes():
    with pytest.raises(ValueError, match="shapes differ"):
        metrics.reconstruction_error(noise(4), noise(1))


def test_a_cross_fade_is_uniform():
    first, last = noise(2).astype(float)
    fraction = np.linspace(0, 1, 9)[:, None, None, None]
    path = (1 - fraction) * first + fraction * last
    assert metrics.interpolation_smoothness(path[None]) == pytest.approx(1)


def test_one_jump_is_the_least_uniform_path():
    frames = constant(0, 0, 0, 0, 0, 200, 200, 200, 200)
    assert metrics.interpolation_smoothness(frames[None]) == pytest.approx(8)


def test_unequal_steps():
    # Steps 1, 2 and 3: falling values too, so uint8 must not wrap around.
    assert metrics.interpolation_smoothness(constant(5, 4, 2, 5)[None]) == pytest.approx(3 / 2)


def test_smoothness_is_the_mean_over_paths_without_those_of_equal_frames():
    uniform, jump = constant(0, 10, 20, 30, 40), constant(0, 0, 0, 200, 200)
    still = constant(*[7] * 5)
    paths = np.stack([uniform, jump, still])
    assert metrics.interpolation_smoothness(paths) == pytest.approx((1 + 4) / 2)
    assert np.isnan(metrics.interpolation_smoothness(still[None]))


def test_one_frame_is_no_path():
    with pytest.raises(ValueError, match="two frames"):
        metrics.interpolation_smoothness(constant(9)[None])


@pytest.mark.parametrize(
    "images", [noise().astype(np.float32), noise()[0], noise()[..., :1], noise(0)]
)
def test_other_arrays_than_images_are_refused(images):
    with pytest.raises(ValueError, match="uint8"):
        metrics.sharpness(images)
