"""Every kind of image file that people have: the right pixels, or the reason why there are none."""

import cv2
import numpy as np
import pytest
from PIL import Image

from lib.data.images import colour
from lib.data.images.decoding import decode
from lib.data.images.pixels import resize
from lib.data.images.unusable import DAMAGED, TOO_LARGE, UnusableError
from tests.data.images.colour_profiles import encoded, grey_profile, profile
from tests.data.images.samples import (
    COLOURS,
    GREYS,
    clear_grey_png,
    exif,
    four_colours,
    in_space,
    pnm,
    saved,
    turned,
)

END = b"\xff\xd9"
TURN = Image.Transpose


def noisy(**options):
    """A JPEG whose compressed data are as long as those of a photo."""
    values = np.asarray(four_colours(size=(180, 220))).astype(int)
    noise = np.random.default_rng(0).integers(-12, 13, values.shape)
    image = Image.fromarray(np.clip(values + noise, 0, 255).astype(np.uint8))
    return saved(image, "JPEG", **options)


def floats(kind, values):
    greys = np.asarray(four_colours(GREYS)).astype(kind)
    return saved(Image.fromarray(greys * kind(values)), "TIFF")


def colour_floats(factor):
    values = np.asarray(four_colours())[..., ::-1].astype(np.float32) * np.float32(factor)
    return cv2.imencode(".tiff", values)[1].tobytes()


SHOWN_GREYS = [(grey,) * 3 for grey in GREYS]
BASELINE, PROGRESSIVE = noisy(), noisy(progressive=True)
LINEAR_GREYS = [round(255 * float(encoded("sRGB", grey / 255))) for grey in GREYS]
BROKEN = b"no profile" * 50
GAMMA_1 = {"icc_profile": grey_profile(1.0)}
P3 = {"icc_profile": profile("Display P3")}

USED = {
    "HEIC": (saved(four_colours(), "HEIF"), COLOURS),
    "HEIC, grey": (saved(four_colours(GREYS), "HEIF"), SHOWN_GREYS),
    "AVIF": (saved(four_colours(), "AVIF"), COLOURS),
    # The file stores them turned, and says how to turn them back.
    "HEIC, to turn right": (saved(turned(TURN.ROTATE_90), "HEIF", exif=exif(6)), COLOURS),
    "HEIC, to turn left": (saved(turned(TURN.ROTATE_270), "HEIF", exif=exif(8)), COLOURS),
    "HEIC, to turn over": (saved(turned(TURN.ROTATE_180), "HEIF", exif=exif(3)), COLOURS),
    "AVIF, to turn right": (saved(turned(TURN.ROTATE_90), "AVIF", exif=exif(6)), COLOURS),
    "JPEG, to turn right": (saved(turned(TURN.ROTATE_90), "JPEG", exif=exif(6)), COLOURS),
    "JPEG, Display P3": (saved(in_space("Display P3"), "JPEG", **P3), COLOURS),
    "HEIC, Display P3": (saved(in_space("Display P3"), "HEIF", **P3), COLOURS),
    "JPEG, Adobe RGB": (
        saved(in_space("Adobe RGB"), "JPEG", icc_profile=profile("Adobe RGB")),
        COLOURS,
    ),
    "PNG, Adobe RGB": (
        saved(in_space("Adobe RGB"), "PNG", icc_profile=profile("Adobe RGB")),
        COLOURS,
    ),
    "PNG, ProPhoto": (saved(in_space("ProPhoto"), "PNG", icc_profile=profile("ProPhoto")), COLOURS),
    "PNG, palette, Display P3": (saved(in_space("Display P3").quantize(8), "PNG", **P3), COLOURS),
    "PNG, grey profile": (saved(four_colours(GREYS), "PNG", **GAMMA_1), LINEAR_GREYS),
    "JPEG, grey profile": (saved(four_colours(GREYS), "JPEG", **GAMMA_1), LINEAR_GREYS),
    "JPEG, broken profile": (
        saved(four_colours(), "JPEG", icc_profile=BROKEN),
        COLOURS,
    ),
    "JPEG, profile of other colours": (saved(four_colours(), "JPEG", **GAMMA_1), COLOURS),
    **{
        f"{magic}, maximum {maximum}": (
            pnm(magic, maximum),
            COLOURS if magic in ("P3", "P6") else SHOWN_GREYS,
        )
        for magic in ("P2", "P3", "P5", "P6")
        for maximum in (100, 1023, 4095)
    },
    **{f"PNG, clear grey, {bits} bits": clear_grey_png(bits) for bits in (2, 4, 8, 16)},
    "JPEG, no end": (BASELINE[:-2], COLOURS),
    "JPEG, padded": (BASELINE[:-2] + bytes(8) + END, COLOURS),
    "JPEG, last bytes missing": (BASELINE[:-10], COLOURS),
    "JPEG, progressive, no end": (PROGRESSIVE[:-2], COLOURS),
    "JPEG of 12 million pixels": (saved(four_colours(size=(4000, 3000)), "JPEG"), COLOURS),
    "JPEG of 50 million pixels": (
        saved(four_colours(GREYS, size=(8192, 6144)), "JPEG"),
        SHOWN_GREYS,
    ),
    "PNG of 6 million pixels": (saved(four_colours(size=(3001, 2003)), "PNG"), COLOURS),
    "TIFF, floats to 1": (floats(np.float32, 1 / 255), SHOWN_GREYS),
    "TIFF, floats to 255": (floats(np.float32, 1), SHOWN_GREYS),
    "TIFF, RGB floats to 1": (colour_floats(1 / 255), COLOURS),
    "TIFF, RGB floats to 255": (colour_floats(1), COLOURS),
    "TIFF, 32-bit integers to 255": (floats(np.int32, 1), SHOWN_GREYS),
    "TIFF, 32-bit integers to 65535": (floats(np.int32, 257), SHOWN_GREYS),
}


@pytest.mark.parametrize("name", USED)
def test_an_image_is_used_with_the_right_pixels(name):
    data, colours = USED[name]
    shown = resize(decode(data).image).astype(int)
    colours = [colour if isinstance(colour, tuple) else (colour,) * 3 for colour in colours]
    for index, expected in enumerate(colours):
        # Far from the edges, where lossy formats and resizing mix colours.
        top, left = index // 2 * 32 + 8, index % 2 * 32 + 8
        quarter = shown[top : top + 16, left : left + 16]
        assert np.abs(quarter.mean(axis=(0, 1)) - expected).max() <= 2, (index, expected)
    reference = resize(four_colours(colours)).astype(int)
    assert np.abs(shown - reference).mean() <= 3


def with_hole(data):
    return data[:20] + bytes(100) + data[120:]


HOLE = bytes(2000)
MIDDLE = len(BASELINE) // 2

REFUSED = {
    "a hole": (BASELINE[:MIDDLE] + HOLE + BASELINE[MIDDLE + len(HOLE) :], DAMAGED),
    "a small hole": (BASELINE[:MIDDLE] + bytes(40) + BASELINE[MIDDLE + 40 :], DAMAGED),
    "bytes left over": (BASELINE[:-2] + b"left over, end" + END, DAMAGED),
    "bytes lost": (BASELINE[:MIDDLE] + BASELINE[MIDDLE + 300 :], DAMAGED),
    "cut off and closed": (BASELINE[:MIDDLE] + END, DAMAGED),
    "cut off late and closed": (BASELINE[: 9 * len(BASELINE) // 10] + END, DAMAGED),
    "last bytes missing, closed": (BASELINE[:-10] + END, DAMAGED),
    "progressive, cut off and closed": (PROGRESSIVE[: len(PROGRESSIVE) // 2] + END, DAMAGED),
    "cut off": (BASELINE[:MIDDLE], DAMAGED),
    "TIFF, floats to 300": (
        floats(np.float32, 300 / 255),
        "floating-point values in neither 0..1 nor 0..255",
    ),
    "TIFF, RGB floats to 300": (
        colour_floats(300 / 255),
        "floating-point values in neither 0..1 nor 0..255",
    ),
    "TIFF, RGB NaN": (colour_floats(np.nan), "values that are not a number"),
    "TIFF, cut off": (saved(four_colours(), "TIFF", compression="tiff_lzw")[:-900], None),
    "TIFF, a hole": (with_hole(saved(four_colours(), "TIFF", compression="tiff_lzw")), DAMAGED),
    "TIFF, 32-bit integers": (floats(np.int32, 10**6), "32-bit values in neither 0..1 nor 0..255"),
    "TIFF, NaN": (floats(np.float32, np.nan), "values that are not a number"),
    "HEIC, cut off": (saved(four_colours(), "HEIF")[:-100], None),
    "AVIF, cut off": (saved(four_colours(), "AVIF")[:-100], None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_image_is_refused_with_a_reason_and_no_other_message(name, capfd):
    data, reason = REFUSED[name]
    with pytest.raises(UnusableError) as refused:
        decode(data)
    assert reason in (None, str(refused.value))
    assert capfd.readouterr() == ("", "")


def test_a_remark_says_what_was_done_to_colours():
    remarks = {name: decode(data).remark for name, (data, _) in USED.items()}
    assert remarks["JPEG, Display P3"] == colour.CONVERTED
    assert remarks["JPEG, broken profile"] == colour.IGNORED
    assert remarks["JPEG, profile of other colours"] == colour.IGNORED
    assert remarks["HEIC"] is remarks["JPEG, no end"] is None


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA"])
def test_a_profile_of_srgb_changes_no_bit(mode):
    random = np.random.default_rng(0).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    image = Image.fromarray(random).convert(mode)
    plain = np.asarray(decode(saved(image, "PNG")).image)
    for embedded in (profile("sRGB"), srgb_of_littlecms()):
        found = decode(saved(image, "PNG", icc_profile=embedded))
        np.testing.assert_array_equal(np.asarray(found.image), plain)
        assert found.remark is None


def srgb_of_littlecms():
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_transparency_and_a_profile_go_together():
    image = in_space("Display P3").convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    image.paste((*in_space("Display P3").getpixel((0, 0)), 255), (0, 0, 48, 64))
    shown = np.asarray(decode(saved(image, "PNG", **P3)).image).astype(int)
    assert np.abs(shown[:, :48] - COLOURS[0]).max() <= 2
    assert (shown[:, 48:] == 255).all()


def test_the_size_is_that_of_the_file_turned_upright():
    data = saved(four_colours(size=(4000, 3000)), "JPEG", exif=exif(6))
    found = decode(data)
    assert found.size == (3000, 4000)
    assert found.image.size == (375, 500)


def test_a_billion_pixels_are_refused_before_decoding():
    small = saved(Image.new("L", (16, 16)), "JPEG")
    at = small.index(b"\xff\xc0")
    bomb = small[: at + 5] + (40_000).to_bytes(2, "big") * 2 + small[at + 9 :]
    with pytest.raises(UnusableError, match=TOO_LARGE[:20]):
        decode(bomb)
