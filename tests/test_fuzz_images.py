"""Whatever is given as FACES is used, skipped, or refused in one line, within bounds."""

import io
import itertools
import os
import tarfile
import tempfile
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lib.data import faces
from lib.data.images import colour
from lib.data.images.decoding import decode
from lib.data.images.pixels import resize
from lib.data.images.unusable import UnusableError
from tests.data.images import samples
from tests.data.images.colour_profiles import grey_profile, profile
from tests.verify_foreign_bytes import bounded, damaged, examples, refusal


def pixels(*shape, dtype=np.uint8):
    return np.random.default_rng(len(shape)).integers(0, np.iinfo(dtype).max, shape, dtype)


def encoded(extension, array, *options):
    done, content = cv2.imencode(extension, array, options)
    assert done
    return content.tobytes()


def saved(kind, mode, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels(12, 9, 3)).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def with_exif(orientation):
    exif = Image.Exif()
    exif[274] = orientation
    return saved("JPEG", "RGB", exif=exif)


def grid_heic():
    """A HEIC that consists of tiles, as those of phones do."""
    image = Image.fromarray(pixels(150, 200, 3))
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=10, tile_size=64)
    return buffer.getvalue()


COLOURED, GREY, OPAQUE = pixels(12, 9, 3), pixels(12, 9), pixels(12, 9, 4)
IMAGES = [
    encoded(".jpg", COLOURED),
    encoded(".jpg", GREY, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    with_exif(6),
    saved("JPEG", "CMYK"),
    encoded(".png", COLOURED),
    encoded(".png", OPAQUE),
    encoded(".png", pixels(12, 9, 3, dtype=np.uint16)),
    saved("PNG", "P"),
    saved("PNG", "1"),
    saved("GIF", "P"),
    encoded(".bmp", COLOURED),
    saved("BMP", "P"),
    encoded(".webp", COLOURED, cv2.IMWRITE_WEBP_QUALITY, 50),
    encoded(".webp", OPAQUE, cv2.IMWRITE_WEBP_QUALITY, 101),
    *(
        saved("TIFF", mode, compression=compression)
        for mode in ("RGB", "RGBA", "L", "P", "1")
        for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits")
    ),
    saved("TIFF", "F"),
    encoded(".tiff", COLOURED.astype(np.float32)),
    encoded(".tiff", pixels(12, 9).astype(np.float64)),
    saved("JPEG", "RGB", progressive=True),
    saved("JPEG", "RGB", icc_profile=profile("Display P3")),
    saved("PNG", "LA", icc_profile=grey_profile(1.8)),
    saved("AVIF", "RGB"),
    saved("AVIF", "RGBA", exif=samples.exif(6)),
    saved("HEIF", "RGB", exif=samples.exif(6), icc_profile=profile("Adobe RGB")),
    saved("HEIF", "RGBA"),
    saved("HEIF", "L"),
    saved("HEIF", "I;16"),
    grid_heic(),
    samples.clear_grey_png(16)[0],
    samples.pnm("P2", 1023),
    saved("TIFF", "RGB", compression="jpeg"),
    saved("TIFF", "1", compression="group4"),
    encoded(".tiff", pixels(12, 9, dtype=np.uint16)),
    encoded(".ppm", COLOURED),
    encoded(".pgm", GREY),
    b"P3 2 2 255\n" + b"1 2 3 " * 4,
    b"P1 3 2\n1 0 1\n0 1 0\n",
    b"no image",
]


@given(damaged(IMAGES))
@examples(150)
def test_any_bytes_are_an_image_or_not(content):
    with bounded():
        try:
            image = decode(content).image
        except UnusableError:
            return
        assert image.mode == "RGB"
        assert resize(image).shape == (64, 64, 3)


@given(damaged([profile("Display P3"), profile("ProPhoto"), grey_profile(2.2)]))
@examples(60)
def test_any_profile_is_used_or_ignored(content):
    with bounded():
        for image in (Image.new("RGB", (9, 9)), Image.new("L", (9, 9)), Image.new("CMYK", (9, 9))):
            converted, remark = colour.to_srgb(image, image.mode, content)
            assert remark in (None, colour.CONVERTED, colour.IGNORED)
            assert converted.mode == "RGB"


@pytest.mark.parametrize("content", IMAGES[:-1], ids=lambda content: content[:4].hex())
def test_the_undamaged_are_images(content):
    assert decode(content).image.mode == "RGB"


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(entries, mode):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=tarfile.PAX_FORMAT) as archive:
        for name, content in entries:
            member = tarfile.TarInfo(f"ü{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def arrays_file(save, *arrays):
    buffer = io.BytesIO()
    save(buffer, *arrays)
    return buffer.getvalue()


def array_file(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


SMALL = [encoded(".png", pixels(4, 5, 3)) for _ in range(3)] + IMAGES[:5]
MANY = [(f"{k:03d}.png", content) for k, content in zip(range(70), itertools.cycle(SMALL))]
ARCHIVES = [
    zipped(MANY),
    zipped(MANY, zipfile.ZIP_STORED),
    zipped(MANY, zipfile.ZIP_LZMA),
    zipped(MANY, zipfile.ZIP_BZIP2),
    tarred(MANY, "w"),
    tarred(MANY, "w:gz"),
    tarred(MANY, "w:bz2"),
]
ARRAYS = [
    array_file(pixels(66, 5, 4, 3)),
    array_file(pixels(66, 5, 7)),
    array_file(pixels(66, 3, 5, 6)),
    array_file(pixels(66, 5, 6, 4, dtype=np.uint16)),
    array_file(np.linspace(-1, 1, 66 * 20, dtype=np.float32).reshape(66, 1, 5, 4)),
    array_file(np.linspace(0, 1, 66 * 20 * 3, dtype=np.float32).reshape(66, 5, 4, 3)),
    array_file(np.array([{"an": "object"}])),
    arrays_file(np.savez, pixels(66, 5, 4, 3), np.zeros(3)),
    arrays_file(np.savez_compressed, pixels(66, 5, 4, 3)),
    arrays_file(np.savez_compressed, np.linspace(0, 255, 66 * 60).reshape(66, 5, 4, 3)),
]


def used_or_refused(source, work):
    """Prepare faces from `source`: all 64, or a refusal in one line, and no partial folder left."""
    with bounded():
        message = refusal(lambda: faces.prepare("auto", source, work / "data" / "faces", limit=64))
        if not message:
            images = faces.load(work / "data" / "faces").images
            assert images.shape == (64, 64, 64, 3)
            assert images.dtype == np.uint8
    assert not (work / "data" / ".faces.partial").exists()


@given(damaged(ARCHIVES), st.sampled_from(["faces.zip", "faces", "faces.npy", "faces.tar.gz"]))
@examples(40)
def test_any_archive_is_used_or_refused(content, name):
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / name).write_bytes(content)
        used_or_refused(Path(work) / name, Path(work))


@given(damaged(ARRAYS), st.sampled_from(["faces.npy", "faces.npz", "faces.zip"]))
@examples(60)
def test_any_array_is_used_or_refused(content, name):
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / name).write_bytes(content)
        used_or_refused(Path(work) / name, Path(work))


NAMES = st.binary(min_size=1, max_size=40).filter(
    lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b"..")
)


def make_file(path, content):
    with open(path, "wb") as file:
        file.write(content)


def make_folder(path, content):
    os.mkdir(path)
    make_file(path + b"/" + path.rpartition(b"/")[2], content)


def make_link(path, content):
    os.symlink(content[:20].replace(b"\0", b"/") or b".", path)


def make_pipe(path, content):
    os.mkfifo(path)


ENTRIES = st.tuples(
    NAMES,
    st.sampled_from([make_file] * 4 + [make_folder, make_link, make_pipe]),
    damaged(IMAGES),
)


@given(st.lists(ENTRIES, max_size=8, unique_by=lambda entry: entry[0]))
@examples(40)
def test_any_folder_is_used_or_refused(entries):
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "faces"
        folder.mkdir()
        for name, content in MANY:
            (folder / name).write_bytes(content)
        for name, make, content in entries:
            path = os.fsencode(folder) + b"/" + name
            if not os.path.lexists(path):
                make(path, content)
        used_or_refused(folder, Path(work))
