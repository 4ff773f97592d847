"""Arrays of images, good and hostile."""

import numpy as np
import pytest
from PIL import Image

from lib.data.images import arrays
from lib.data.images.pixels import resize
from lib.data.images.unusable import NOT_A_NUMBER
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
    values[0, 0, 0, 0], values[3] = np.nan, np.inf
    np.save(tmp_path / "x.npy", values)
    images, skipped = read(tmp_path / "x.npy")
    assert len(images) == 3
    assert skipped == {NOT_A_NUMBER: 2}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full((4, 8, 8, 3), 1000, np.int64), r"int64 from 1000 to 1000.*astype\('uint8'\)"),
        (np.full((4, 8, 8, 3), 4095, np.uint16), "uint16 from 4095 to 4095"),
        (np.full((4, 8, 8, 3), 1, np.uint16), "uint16 from 1 to 1"),
        (np.full((4, 8, 8, 3), -5, np.int16), "int16 from -5"),
        (np.full((4, 8, 8, 3), 1.5), "float64 from 1.5"),
        (np.full((4, 8, 8, 3), -0.1), "float64 from -0.1"),
        (np.full((4, 8, 8, 3), 300.0), "float64 from 300"),
        (np.zeros((4, 8, 8, 3), np.complex64), "holds complex64"),
        (np.zeros((8, 8), np.uint8), r"has the shape.*reshape\(8, height, width, 3\)"),
        (np.zeros((218, 178, 3), np.uint8), "has the shape.*if it is one image"),
        (np.zeros((4, 3, 8, 3), np.uint8), "which axis has the colours is not clear"),
        (np.zeros((4, 8, 8, 2), np.uint8), "has the shape"),
        (np.zeros((0, 8, 8, 3), np.uint8), "has the shape"),
        (np.array(5, np.uint8), "has the shape"),
        (np.array([{"a": 1}], object), "holds object"),
    ],
)
def test_an_array_of_something_else_is_an_error(tmp_path, values, message):
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(UserError, match=message) as refused:
        read(tmp_path / "x.npy")
    assert "\n" not in str(refused.value)


def test_what_is_no_array_is_an_error(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((4, 8, 8, 3), np.uint8))
    for content in (b"", b"hello", b"\x80\x04N.", path.read_bytes()[:-10], path.read_bytes()[:9]):
        path.write_bytes(content)
        with pytest.raises(UserError, match="not a whole"):
            read(path)


def test_an_array_of_huge_images_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "MAX_PIXELS", 63)
    np.save(tmp_path / "x.npy", np.zeros((2, 8, 8, 3), np.uint8))
    with pytest.raises(UserError, match="million pixels"):
        read(tmp_path / "x.npy")
