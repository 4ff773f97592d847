"""Decoding and resizing: every format, and what must be refused."""

import contextlib
import io
import struct
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from lib.data.images import decoding, jpeg
from lib.data.images.decoding import decode
from lib.data.images.pixels import resize
from lib.data.images.unusable import NOT_AN_IMAGE, UnusableError


def smooth_image(width=60, height=40, seed=0):
    """Smooth colours, so that lossy formats stay close."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(data):
    """What `data` is decoded to: uint8 (height, width, 3)."""
    image = decode(data).image
    assert image.mode == "RGB"
    return np.asarray(image)


def assert_close(actual, expected):
    assert actual.dtype == np.uint8
    assert actual.shape == np.asarray(expected).shape
    assert np.abs(actual.astype(int) - np.asarray(expected)).mean() <= 1


def png(width, height, content=b""):
    """A PNG of 8-bit RGB, written by hand so that its header can lie."""

    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(content)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("RGB", "JPEG", {"quality": 95}),
        ("RGB", "JPEG", {"progressive": True}),
        ("L", "JPEG", {}),
        ("CMYK", "JPEG", {"quality": 95}),
        ("RGB", "PNG", {}),
        ("L", "PNG", {}),
        ("P", "PNG", {}),
        ("1", "PNG", {}),
        ("RGB", "BMP", {}),
        ("P", "GIF", {}),
        ("RGB", "WEBP", {"lossless": True}),
        ("RGB", "WEBP", {"quality": 95}),
        ("RGB", "TIFF", {}),
        ("L", "TIFF", {"compression": "tiff_lzw"}),
        ("CMYK", "TIFF", {}),
        ("RGB", "PPM", {}),
        ("L", "PPM", {}),
    ],
)
def test_every_format_and_mode_is_decoded(mode, kind, options):
    data = encoded(smooth_image().convert(mode), kind, **options)
    assert_close(pixels(data), Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparent_regions_are_white(mode, kind):
    image = smooth_image().convert(mode)
    opacity = np.zeros((40, 60), np.uint8)
    opacity[:, 20:40], opacity[:, 40:] = 128, 255
    image.putalpha(Image.fromarray(opacity))
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    white = Image.new("RGBA", image.size, "white")
    expected = Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    actual = pixels(encoded(image, kind, **options))
    assert_close(actual, expected)
    assert (actual[:, :20] == 255).all()


def test_a_transparent_palette_colour_is_white():
    image = Image.new("P", (20, 20), 1)
    image.putpalette([0, 0, 0, 200, 40, 30])
    image.paste(0, (0, 0, 10, 20))
    for kind in ("PNG", "GIF"):
        actual = pixels(encoded(image, kind, transparency=0))
        assert (actual[:, :10] == 255).all()
        assert (actual[:, 10:] == (200, 40, 30)).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled_to_eight(kind):
    grey = np.arange(256, dtype=np.uint16).repeat(4).reshape(32, 32)
    actual = pixels(encoded(Image.fromarray(grey * 257), kind))
    np.testing.assert_array_equal(actual, np.repeat(grey[..., None], 3, axis=2))


@pytest.mark.parametrize("extension", [".png", ".tiff", ".ppm"])
def test_sixteen_bits_of_each_colour_are_scaled_to_eight(extension):
    colours = np.random.default_rng(0).integers(0, 256, (32, 20, 3), dtype=np.uint16)
    _, content = cv2.imencode(extension, colours[..., ::-1] * 257)
    np.testing.assert_array_equal(pixels(content.tobytes()), colours)


def test_a_transparent_colour_of_sixteen_bits_is_white():
    colours = np.full((8, 8, 3), (10, 20, 30), np.uint16)
    colours[:, 4:] = (200, 100, 50)
    _, content = cv2.imencode(".png", colours[..., ::-1] * 257)
    png, data = content.tobytes(), struct.pack(">3H", *(each * 257 for each in (10, 20, 30)))
    clear = struct.pack(">I", 6) + b"tRNS" + data + struct.pack(">I", zlib.crc32(b"tRNS" + data))
    start = png.index(b"IDAT") - 4
    actual = pixels(png[:start] + clear + png[start:])
    assert (actual[:, :4] == 255).all()
    assert (actual[:, 4:] == (200, 100, 50)).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("mode", "kind"), [("RGB", "JPEG"), ("RGB", "PNG"), ("RGBA", "WEBP"), ("L", "TIFF")]
)
def test_exif_orientation_is_honoured(mode, kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(smooth_image().convert(mode), kind, exif=exif, **options)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    assert_close(pixels(data), expected)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind):
    frames = [smooth_image(seed=seed).convert("P" if kind == "GIF" else "RGB") for seed in (0, 1)]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert_close(pixels(data), frames[0].convert("RGB"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PPM"])
@pytest.mark.parametrize("fraction", [0.2, 0.5, 0.9])
def test_a_file_cut_off_is_refused(kind, fraction):
    data = encoded(smooth_image(178, 218), kind)
    with pytest.raises(UnusableError, match="damaged or cut off"):
        decode(data[: int(fraction * len(data))])


def test_damaged_metadata_leaves_the_image_usable():
    data = encoded(smooth_image(), "JPEG", exif=b"Exif\0\0no EXIF at all")
    assert decode(data).size == (60, 40)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("tail", [b"", bytes(100_000)], ids=["cut", "filled up with zeros"])
def test_half_a_jpeg_is_never_used(progressive, tail):
    thumbnail = encoded(smooth_image(20, 20), "JPEG")
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + bytes(6) + thumbnail
    data = encoded(smooth_image(178, 218), "JPEG", progressive=progressive, exif=exif)
    assert decode(data).size == (178, 218)
    with pytest.raises(UnusableError, match="damaged or cut off"):
        decode(data[: -len(data) // 3] + tail)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_flat_region_of_zeros_is_no_hole(mode):
    """With codes made for it, a flat image is compressed to zeros."""
    data = encoded(Image.new(mode, (400, 400)), "JPEG", optimize=True)
    assert bytes(32) in data
    assert decode(data).size == (400, 400)


def test_bytes_behind_the_end_of_a_jpeg_do_not_matter():
    data = encoded(smooth_image(), "JPEG")
    np.testing.assert_array_equal(pixels(data + b"camera notes"), pixels(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"hello, I am no image", NOT_AN_IMAGE),
        (b"<!DOCTYPE html><html></html>", NOT_AN_IMAGE),
        (b"\xff\xd8\xff", NOT_AN_IMAGE),
        (b"\xff\xd8\xff\xe0" + bytes(20), NOT_AN_IMAGE),
        (b"\x89PNG\r\n\x1a\n" + bytes(8), NOT_AN_IMAGE),
        (b"GIF89a", NOT_AN_IMAGE),
        (b"BM", NOT_AN_IMAGE),
        (b"II*\0", NOT_AN_IMAGE),
        (b"P6 \n", "damaged"),
        (b"RIFF\0\0\0\0WEBPVP8X", "damaged"),
        (png(0, 5), NOT_AN_IMAGE),
        (png(5, 5), "damaged"),
    ],
)
def test_what_is_no_image_is_refused_with_a_reason(data, reason):
    with pytest.raises(UnusableError, match=reason):
        decode(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "PPM"])
def test_too_many_pixels_are_refused_before_decoding(kind, monkeypatch):
    """What would be needed to decode them is not even there."""
    monkeypatch.setattr(decoding, "MAX_PIXELS", 178 * 218 - 1)
    monkeypatch.setattr(jpeg, "MAX_JPEG_PIXELS", 178 * 218 - 1)
    data = encoded(smooth_image(178, 218), kind)
    with pytest.raises(UnusableError, match="million pixels"):
        decode(data[: int(0.7 * len(data))])


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 90}])
def test_too_many_pixels_in_webp_are_refused(options, monkeypatch):
    monkeypatch.setattr(decoding, "MAX_WEBP_PIXELS", 999)
    with pytest.raises(UnusableError, match="million pixels"):
        decode(encoded(smooth_image(50, 20), "WEBP", **options))


@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "GIF", "WEBP", "VP8L", "VP8X", "BMP", "TIFF", "PPM"]
)
def test_as_many_pixels_as_allowed_are_decoded(kind, monkeypatch):
    for name in ("MAX_PIXELS", "MAX_WEBP_PIXELS"):
        monkeypatch.setattr(decoding, name, 1000)
    options = {"VP8L": {"lossless": True}, "VP8X": {"exif": b"Exif\0\0MM\0*"}}.get(kind, {})
    data = encoded(smooth_image(50, 20), "WEBP" if kind.startswith("VP8") else kind, **options)
    assert decode(data).size == (50, 20)


def test_a_small_file_that_unpacks_to_gigabytes_costs_nothing():
    for side in (9_000, 12_000, 60_000):  # over our limit, and over those at which Pillow warns
        bomb = png(side, side, bytes(10_000_000))
        assert len(bomb) < 20_000
        with pytest.raises(UnusableError, match="million pixels"):
            decode(bomb)


@pytest.mark.parametrize("kind", [b"IDAT", b"IEND"])
def test_a_chunk_that_announces_gigabytes_takes_no_memory(kind):
    data = bytearray(png(4, 4, bytes(4 * 13)))
    struct.pack_into(">I", data, data.index(kind) - 4, 2_000_000_000)
    tracemalloc.start()
    try:
        with contextlib.suppress(UnusableError):
            decode(bytes(data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1e6


def test_a_tile_far_larger_than_its_image_is_refused():
    width, height, tile_width, tile_height, offset, count = 256, 257, 322, 323, 324, 325
    fields = {width: 10, height: 10, tile_width: 30_000, tile_height: 30_000, offset: 8, count: 8}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields.items())
    with pytest.raises(UnusableError, match="million pixels"):
        decode(b"II*\0" + struct.pack("<IH", 8, len(fields)) + entries + bytes(4))


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("quality", [60, 95])
def test_a_jpeg_becomes_what_it_became_in_the_original(quality, subsampling):
    """Bit by bit, from an image of CelebA's size."""
    noise = np.random.default_rng(quality).integers(0, 60, (218, 178, 3), dtype=np.uint8)
    image = Image.fromarray(np.asarray(smooth_image(178, 218)) // 2 + noise)
    data = encoded(image, "JPEG", quality=quality, subsampling=subsampling)
    original = Image.open(io.BytesIO(data)).convert("RGB").resize((64, 64))
    np.testing.assert_array_equal(resize(decode(data).image), np.asarray(original))


@pytest.mark.parametrize("size", [(64, 64), (64, 200), (63, 65), (1, 1), (3, 900), (1100, 1500)])
def test_any_size_becomes_64_by_64(size):
    image = smooth_image(*size)
    resized = resize(image)
    assert resized.dtype == np.uint8
    np.testing.assert_array_equal(resized, np.asarray(image.resize((64, 64))))


def test_resize_keeps_a_flat_colour_and_clips_overshoot():
    assert (resize(Image.new("RGB", (178, 218), (7, 130, 255))) == (7, 130, 255)).all()
    edge = np.zeros((20, 20, 3), np.uint8)
    edge[:, 10:] = 255
    resized = resize(Image.fromarray(edge))
    assert (resized[:, :20] == 0).all()
    assert (resized[:, -20:] == 255).all()
