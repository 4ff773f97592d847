import numpy as np
import pytest
from PIL import Image

from lib.system.errors import UserError
from lib.trained import handwriting


def save(path, pixels):
    Image.fromarray(pixels).save(path)
    return path


def paper(height=200, width=150):
    return np.full((height, width), 230, np.uint8)


def test_dark_ink_on_paper_becomes_white_on_black_centred_in_twenty_pixels(tmp_path):
    image = paper()
    image[20:120, 30:60] = 25  # far from the middle
    paths = [save(tmp_path / f"{k}.png", image) for k in range(5)]
    token = handwriting.read(paths)[0, 0]
    rows, columns = np.nonzero(token > 128)
    assert (rows.min(), rows.max()) == (4, 23)
    assert (columns.min(), columns.max()) == (11, 16)
    assert token[14, 14] == 255
    assert token[0].max() == 0


def test_an_empty_image_is_padding(tmp_path):
    inked = paper()
    inked[50:100, 50:60] = 0
    images = [inked, inked, inked, paper(), paper()]
    tokens = handwriting.read([save(tmp_path / f"{k}.png", p) for k, p in enumerate(images)])
    assert tokens.shape == (1, 5, 28, 28)
    assert tokens[0, 2].max() == 255
    assert not tokens[0, 3:].any()


def test_a_strip_of_images_as_in_mnist_is_cut_and_taken_as_it_is(tmp_path):
    tokens = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    tokens[:, [0, -1]], tokens[:, :, [0, -1]] = 0, 0
    strip = tokens.transpose(1, 0, 2).reshape(28, 140)
    assert np.array_equal(handwriting.read([save(tmp_path / "strip.png", strip)])[0], tokens)


def test_two_images_are_no_query(tmp_path):
    path = save(tmp_path / "one.png", paper())
    with pytest.raises(UserError, match="2 images; give 5"):
        handwriting.read([path, path])
