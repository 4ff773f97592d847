"""Folders and archives of images, good and hostile."""

import os
import struct
import zipfile

import numpy as np
import pytest

from lib.data.images import reading, source
from lib.data.images.reading import open_images
from lib.data.images.unusable import NOT_AN_IMAGE
from lib.system.errors import UserError
from tests.data.face_sources import assert_images, pixels, png, read
from tests.verify_foreign_bytes import bounded


def zipped(path, entries, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_a_folder_is_read_recursively_by_name(tmp_path):
    for seed, name in enumerate(["a.png", "b/c.jpg.png", "b/ä 漢.PNG", "z"]):
        write(tmp_path / name, png(seed))
    images, skipped = read(tmp_path)
    assert_images(images, [0, 1, 2, 3])
    assert not skipped


def test_what_is_unusable_in_a_folder_is_counted(tmp_path):
    folder, outside = tmp_path / "faces", tmp_path / "outside"
    write(folder / "good.png", png(1))
    write(folder / "sub" / "good.png", png(2))
    write(outside / "secret.png", png(3))
    write(folder / ".hidden.png", png())
    write(folder / ".hidden" / "in.png", png())
    write(folder / "Thumbs.db", b"thumbs")
    write(folder / "__MACOSX" / "in.png", png())
    write(folder / "text.jpg", b"not an image at all")
    write(folder / "empty.jpg", b"")
    write(folder / "more.zip", png())
    write(folder / "cut.png", png()[:-300])
    (folder / "in.png").symlink_to(folder / "good.png")
    (folder / "out.png").symlink_to(outside / "secret.png")
    (folder / "broken.png").symlink_to(folder / "nowhere")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "up").symlink_to(outside)
    os.mkfifo(folder / "pipe.png")
    images, skipped = read(folder)
    assert_images(images, [1, 1, 3, 2, 3])
    assert skipped == {
        "hidden or system file": 2,
        NOT_AN_IMAGE: 1,
        "empty file": 1,
        "archive inside": 1,
        "damaged or cut off": 1,
        "file that cannot be opened": 2,
        "not a plain file": 1,
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_counted(tmp_path):
    write(tmp_path / "a.png", png())
    (tmp_path / "a.png").chmod(0)
    assert read(tmp_path) == ([], {"file that cannot be opened": 1})


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_is_read_by_name(tmp_path, compression):
    entries = [("b/ü 漢.png", png(2)), ("a.png", png(0)), ("b/", b""), ("b/a.png", png(1))]
    images, skipped = read(zipped(tmp_path / "x.zip", entries, compression=compression))
    assert_images(images, [0, 1, 2])
    assert not skipped


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("../evil.png", png(), "name that points out of the archive"),
        ("a/../../evil.png", png(), "name that points out of the archive"),
        ("..\\evil.png", png(), "name that points out of the archive"),
        ("/tmp/evil.png", png(), "name that points out of the archive"),
        ("C:\\evil.png", png(), "name that points out of the archive"),
        ("__MACOSX/._a.png", png(), "hidden or system file"),
        ("a/.DS_Store", b"x", "hidden or system file"),
        ("a/Thumbs.db", b"x", "hidden or system file"),
        ("zero.png", b"", "empty file"),
        ("nested.zip", b"PK", "archive inside"),
        ("nested.png", b"PK\x03\x04rest", NOT_AN_IMAGE),
        ("readme.txt", b"hello", NOT_AN_IMAGE),
    ],
)
def test_a_strange_entry_is_counted_and_touches_no_file(tmp_path, name, data, reason):
    folder = tmp_path / "inner"
    folder.mkdir()
    path = zipped(folder / "x.zip", [("good.png", png(5)), (name, data)])
    images, skipped = read(path)
    assert_images(images, [5])
    assert skipped == {reason: 1}
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_the_last_of_two_entries_with_one_name_counts(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "x.zip", [("a.png", png(1)), ("a.png", png(2))])
    images, skipped = read(path)
    assert_images(images, [2])
    assert skipped == {"duplicate name": 1}


def test_a_link_in_a_zip_is_not_followed(tmp_path):
    write(tmp_path / "secret.png", png())
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    path = zipped(tmp_path / "x.zip", [(link, str(tmp_path / "secret.png"))])
    assert read(path) == ([], {"link in the archive": 1})


def changed(path, field, form, value):
    """Overwrite a field of the only entry: (offset in the local, in the central header)."""
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    struct.pack_into(form, data, field[0], value)
    struct.pack_into(form, data, central + field[1], value)
    path.write_bytes(data)


FLAGS, METHOD, UNPACKED_SIZE = (6, 8), (8, 10), (22, 24)


@pytest.mark.parametrize(
    ("field", "form", "value", "reason"),
    [
        (FLAGS, "<H", 1, "encrypted"),
        (METHOD, "<H", 99, "compressed by a method other than deflate, bzip2 or LZMA"),
        (UNPACKED_SIZE, "<I", 3_000_000_000, "file larger than 128 MiB"),
        (UNPACKED_SIZE, "<I", 100, "damaged in the archive"),
    ],
)
def test_a_lying_or_locked_entry_is_counted(tmp_path, field, form, value, reason):
    path = zipped(tmp_path / "x.zip", [("a.png", png())], compression=zipfile.ZIP_DEFLATED)
    changed(path, field, form, value)
    assert read(path) == ([], {reason: 1})


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_can_explode_are_bounded(tmp_path, compression):
    """An entry says that it is small, and would unpack to 128 MB."""
    path = zipped(tmp_path / "x.zip", [("a.png", bytes(1 << 27))], compression=compression)
    changed(path, UNPACKED_SIZE, "<I", 1000)
    with bounded(megabytes=100):
        assert read(path) == ([], {"damaged in the archive": 1})


def test_a_damaged_entry_is_counted(tmp_path):
    path = zipped(tmp_path / "x.zip", [("a.png", png())])
    data = bytearray(path.read_bytes())
    data[100] ^= 255
    path.write_bytes(data)
    assert read(path) == ([], {"damaged in the archive": 1})


def test_an_entry_that_unpacks_to_too_much_is_not_read(tmp_path):
    path = zipped(
        tmp_path / "x.zip", [("a.png", bytes(129 << 20))], compression=zipfile.ZIP_DEFLATED
    )
    assert read(path) == ([], {"file larger than 128 MiB": 1})


def test_too_many_entries_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MAX_ENTRIES", 2)
    path = zipped(tmp_path / "x.zip", [(f"{i}.png", b"x") for i in range(3)])
    with pytest.raises(UserError, match="more than 2 entries"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06"])
def test_what_is_no_zip_is_an_error(tmp_path, content):
    write(tmp_path / "x.zip", content)
    with pytest.raises(UserError, match=r"x\.zip cannot be read as a zip archive"):
        read(tmp_path / "x.zip")


def test_half_a_zip_is_an_error(tmp_path):
    path = zipped(tmp_path / "x.zip", [(f"{i}.png", png(i)) for i in range(5)])
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UserError, match="cannot be read as a zip archive"):
        read(path)


def test_a_missing_source_is_an_error(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        read(tmp_path / "nothing")


@pytest.mark.parametrize("kind", ["folder", "images.zip", "images.npy"])
def test_several_processes_keep_the_order_and_can_be_left_early(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(reading, "BATCH", 25)
    path = tmp_path / kind
    names = [f"{seed:03}.png" for seed in range(200)]
    if kind == "folder":
        path.mkdir()
        for seed, name in enumerate(names):
            (path / name).write_bytes(png(seed))
    elif kind == "images.zip":
        with zipfile.ZipFile(path, "w") as archive:
            for seed, name in enumerate(names):
                archive.writestr(name, png(seed))
    else:
        np.save(path, np.array([pixels(seed) for seed in range(200)]))
    images, skipped = read(path)
    assert_images(images, range(200))
    assert not skipped
    with open_images(path) as images:
        results = images.read(limit=200)
        assert_images([next(results).pixels, next(results).pixels], [0, 1])
        results.close()
