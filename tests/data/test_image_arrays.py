"""Arrays of images, good and hostile."""

import numpy as np
import pytest
from PIL import Image

from lib.data import image_sources
from lib.data.images import resize
from lib.system.errors import UserError
from tests.data.face_sources import assert_images, pixels, read


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64, ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_of_colour_is_used(tmp_path, dtype, order):
    expected = np.array([pixels(seed) for seed in range(40)])
    values = expected if dtype == np.uint8 else (expected / 255).astype(dtype)
    np.save(tmp_path / "x.npy", np.asarray(values, order=order))
    images, skipped = read(tmp_path / "x.npy")
    assert_images(images, range(40))
    assert not skipped


def test_an_array_of_grey_is_used(tmp_path):
    grey = pixels()[..., 0]
    np.save(tmp_path / "x.npy", grey[None])
    images, _ = read(tmp_path / "x.npy")
    np.testing.assert_array_equal(images[0], resize(Image.fromarray(np.dstack([grey] * 3))))


def test_values_that_are_no_brightness_are_counted(tmp_path):
    values = np.zeros((5, 8, 8, 3), np.float32)
    values[0, 0, 0, 0], values[1, 2, 2], values[2, 0] = np.nan, 1.5, -0.1
    values[3] = np.inf
    np.save(tmp_path / "x.npy", values)
    images, skipped = read(tmp_path / "x.npy")
    assert len(images) == 1
    assert skipped == {"values outside 0..1 or not a number": 4}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((4, 8, 8, 3), np.int64), "holds int64"),
        (np.zeros((4, 8, 8, 3), bool), "holds bool"),
        (np.zeros((4, 8, 8, 3), np.complex64), "holds complex64"),
        (np.zeros((8, 8), np.uint8), "has the shape"),
        (np.zeros((4, 3, 8, 8), np.uint8), "has the shape"),
        (np.zeros((4, 8, 8, 4), np.uint8), "has the shape"),
        (np.zeros((0, 8, 8, 3), np.uint8), "has the shape"),
        (np.array(5, np.uint8), "has the shape"),
        (np.array([{"a": 1}], object), "not a whole"),
    ],
)
def test_an_array_of_something_else_is_an_error(tmp_path, values, message):
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(UserError, match=message):
        read(tmp_path / "x.npy")


def test_what_is_no_array_is_an_error(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((4, 8, 8, 3), np.uint8))
    for content in (b"", b"hello", b"\x80\x04N.", path.read_bytes()[:-10], path.read_bytes()[:9]):
        path.write_bytes(content)
        with pytest.raises(UserError, match="not a whole"):
            read(path)
    with open(path, "wb") as file:
        np.savez(file, np.zeros((4, 8, 8, 3), np.uint8))
    with pytest.raises(UserError, match=r"\.npz"):
        read(path)


def test_an_array_with_huge_images_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(image_sources, "MAX_PIXELS", 63)
    np.save(tmp_path / "x.npy", np.zeros((2, 8, 8, 3), np.uint8))
    assert read(tmp_path / "x.npy") == ([], {image_sources.TOO_LARGE: 2})
