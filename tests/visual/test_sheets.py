import numpy as np
from PIL import Image

from lib.visual import sheets


def colours(count, height=2, width=3):
    """Images of one colour each."""
    return np.ones((count, height, width, 3), np.uint8) * np.arange(count)[
        :, None, None, None
    ].astype(np.uint8)


def test_images_are_in_rows_from_left_to_right_on_white():
    drawn = np.asarray(sheets.sheet(colours(5), columns=3))
    assert drawn.shape == (2 * 2 + 2, 3 * 3 + 2 * 2, 3)
    assert drawn[0, [0, 5, 10], 0].tolist() == [0, 1, 2]
    assert drawn[4, [0, 5], 0].tolist() == [3, 4]
    assert drawn[4, 10].tolist() == drawn[2, 0].tolist() == drawn[0, 3].tolist() == [255] * 3


def test_pixels_are_enlarged_without_smoothing():
    image = np.array([[[0, 200], [100, 50]]], np.uint8)
    drawn = np.asarray(sheets.sheet(image, scale=2))
    assert drawn.tolist() == [[0, 0, 200, 200]] * 2 + [[100, 100, 50, 50]] * 2


def test_the_lower_image_of_a_pair_is_below_its_own():
    drawn = np.asarray(sheets.pairs(colours(3), 100 + colours(3), columns=2))
    assert drawn[::4, 0, 0].tolist() == [0, 100, 2, 102]
    assert drawn[::4, 5, 0].tolist() == [1, 101, 255, 255]


def test_an_animation_goes_there_and_back_for_ever(tmp_path):
    frames = [sheets.sheet(image[None]) for image in 50 * colours(4)]
    sheets.save_animation(frames, tmp_path / "animation.gif")
    with Image.open(tmp_path / "animation.gif") as animation:
        assert animation.info["loop"] == 0
        seen = []
        for frame in range(animation.n_frames):
            animation.seek(frame)
            seen.append(animation.convert("RGB").getpixel((0, 0))[0])
    assert seen == [0, 50, 100, 150, 100, 50]


def test_tokens_of_a_text_are_joined_from_left_to_right():
    tokens = np.arange(2 * 3).reshape(2, 3, 1, 1).repeat(2, -1).repeat(2, -2)
    assert sheets.strips(tokens)[1].tolist() == [[3, 3, 4, 4, 5, 5]] * 2
