"""Every folder, archive and array that people have: the same images from each, with their names."""

import gzip
import io
import os
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from lib.data.images import reading
from lib.data.images.pixels import resize
from lib.data.images.reading import open_images
from lib.system.errors import UserError
from tests.data.face_sources import assert_images, pixels, png, read
from tests.verify_foreign_bytes import bounded

COUNT = 6
COLOURED = np.array([pixels(seed) for seed in range(COUNT)])
GREY = COLOURED[..., 0]
GREY_SHOWN = np.stack([GREY] * 3, axis=-1)
ALPHA = np.concatenate([COLOURED, np.full((*GREY.shape, 1), 255, np.uint8)], axis=-1)
CLEAR = np.concatenate([COLOURED, np.zeros((*GREY.shape, 1), np.uint8)], axis=-1)
FIRST = (0, 3, 1, 2)  # the colours before the rows
TO_BOTH = COLOURED.astype(np.float32) / 127.5 - 1

ARRAYS = {
    "RGB": (COLOURED, COLOURED, ""),
    "grey": (GREY, GREY_SHOWN, ""),
    "one channel": (GREY[..., None], GREY_SHOWN, "(count, height, width, 1) taken as grey"),
    "four channels": (ALPHA, COLOURED, "4 channels taken as RGBA"),
    "clear": (CLEAR, np.full_like(COLOURED, 255), "4 channels taken as RGBA"),
    "channels first": (
        COLOURED.transpose(FIRST),
        COLOURED,
        "(count, 3, height, width) taken as RGB",
    ),
    "one channel first": (GREY[:, None], GREY_SHOWN, "(count, 1, height, width) taken as grey"),
    "16 bits": (COLOURED.astype(np.uint16) * 257, COLOURED, "integers from 0 to 65535 taken as"),
    "8 bits in 64": (COLOURED.astype(np.int64), COLOURED, "integers from 0 to 255 taken as 8 bits"),
    "bool": (GREY > 127, (GREY_SHOWN > 127) * np.uint8(255), "bool: False taken as black"),
    "floats to 1": (COLOURED / 255, COLOURED, "floats from 0 to 1 taken as black to white"),
    "floats to 255": (COLOURED.astype(float), COLOURED, "floats from 0 to 255 taken as black"),
    "floats from -1": (TO_BOTH, COLOURED, "floats from -1 to 1 taken as black to white"),
    "floats from -1, channels first": (
        TO_BOTH.transpose(FIRST),
        COLOURED,
        "(count, 3, height, width) taken as RGB; floats from -1 to 1 taken as black to white",
    ),
}


def assert_shown(path, shown, text):
    with open_images(path) as images:
        found = list(images.read(limit=100))
        assert text in "; ".join(images.source.readings)
        assert bool(text) == bool(images.source.readings)
    for image, expected in zip(found, shown, strict=True):
        np.testing.assert_array_equal(image.pixels, resize(Image.fromarray(expected)))
    assert [image.name for image in found] == [str(index) for index in range(COUNT)]


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_used_and_how_it_is_understood_is_said(tmp_path, name):
    values, shown, text = ARRAYS[name]
    np.save(tmp_path / "x.npy", values)
    assert_shown(tmp_path / "x.npy", shown, text)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("name", ["RGB", "floats from -1, channels first"])
def test_an_npz_with_one_array_is_used(tmp_path, save, name):
    values, shown, text = ARRAYS[name]
    save(tmp_path / "x.npz", faces=np.ascontiguousarray(values))
    assert_shown(tmp_path / "x.npz", shown, text)


@pytest.mark.parametrize("name", ["images", "x_train", "arr_0"])
def test_of_an_npz_with_several_arrays_the_one_of_a_usual_name_is_used(tmp_path, name):
    np.savez(tmp_path / "x.npz", other=np.zeros(5), **{name: COLOURED}, z=np.zeros((2, 2)))
    assert_shown(tmp_path / "x.npz", COLOURED, f"{name} of 3 arrays")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_npz_in_fortran_order_is_refused(tmp_path, save):
    save(tmp_path / "x.npz", np.asfortranarray(COLOURED))
    with pytest.raises(UserError, match="Fortran order; save it alone"):
        read(tmp_path / "x.npz")


def test_an_npz_that_is_not_clear_is_refused_with_what_it_holds(tmp_path):
    np.savez(tmp_path / "x.npz", a=COLOURED, b=np.zeros(5))
    with pytest.raises(UserError, match=r"holds a \(6, 20, 20, 3\) uint8, b \(5,\) float64; save"):
        read(tmp_path / "x.npz")


def test_a_cut_npz_is_refused(tmp_path):
    np.savez_compressed(tmp_path / "x.npz", COLOURED)
    data = bytearray((tmp_path / "x.npz").read_bytes())
    data[3000:5000] = bytes(2000)
    (tmp_path / "x.npz").write_bytes(data)
    with pytest.raises(UserError, match="not a whole"):
        read(tmp_path / "x.npz")


ENTRIES = [(f"{'zyxwvu'[seed]}/ü{5 - seed}.png", png(5 - seed)) for seed in range(COUNT)]


def archived(path, entries=ENTRIES):
    """Write an archive of the kind that the name of `path` says."""
    if path.suffix == ".zip":
        method = zipfile.ZIP_LZMA if "lzma" in path.name else zipfile.ZIP_BZIP2
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in entries:
                archive.writestr(name, data)
        return path
    mode = {".tar": "w", ".bz2": "w:bz2"}.get(path.suffix, "w:gz")
    with tarfile.open(path, mode) as archive:
        for entry, data in entries:
            member = entry if isinstance(entry, tarfile.TarInfo) else tarfile.TarInfo(entry)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


NAMES = ["x.tar", "x.tar.gz", "x.tgz", "x.tar.bz2", "lzma.zip", "bzip2.zip"]


@pytest.mark.parametrize("name", NAMES)
def test_an_archive_is_read_by_name(tmp_path, name, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 2)
    monkeypatch.setattr(reading, "_PASS", 4)
    path = archived(tmp_path / name)
    with open_images(path) as images:
        found = list(images.read(limit=5))
    # The names are in the opposite order of the archive's.
    assert [image.name for image in found] == sorted(entry for entry, _ in ENTRIES)[:5]
    assert_images([image.pixels for image in found], range(5))


@pytest.mark.parametrize("name", ["x.tar", "x.tar.gz"])
def test_strange_members_of_a_tar_are_counted_and_touch_no_file(tmp_path, name):
    links = []
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        member = tarfile.TarInfo(f"link{kind.decode()}.png")
        member.type, member.linkname = kind, str(tmp_path / "secret.png")
        links.append((member, b""))
    (tmp_path / "secret.png").write_bytes(png())
    names = ["../evil.png", "/tmp/evil.png", "a/../../evil.png", "__MACOSX/a.png", "in.zip"]
    entries = [*links, *((each, png()) for each in names), ("empty.png", b""), ("a.png", png(1))]
    path = archived(tmp_path / name, [*entries, ("a.png", png(2))])
    before = sorted(tmp_path.rglob("*"))
    images, skipped = read(path)
    assert_images(images, [2])
    assert skipped == {
        "link in the archive": 2,
        "not a plain file": 2,
        "name that points out of the archive": 3,
        "hidden or system file": 1,
        "archive inside": 1,
        "empty file": 1,
        "duplicate name": 1,
    }
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["x.tar", "x.tar.gz"])
@pytest.mark.parametrize("damage", ["cut", "header"])
def test_a_damaged_tar_is_refused(tmp_path, name, damage):
    path = archived(tmp_path / "x.tar")
    data = bytearray(path.read_bytes())
    header = data.rindex(b"ustar") - 257
    if damage == "cut":
        del data[header + 600 :]
    else:
        data[header : header + 100] = b"?" * 100
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    with pytest.raises(UserError, match="cannot be read as a tar archive"):
        read(tmp_path / name)


def test_a_tar_that_unpacks_to_gigabytes_takes_no_memory(tmp_path):
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    with gzip.open(tmp_path / "x.tar.gz", "wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(64):
            file.write(bytes(1 << 20))
    with bounded(megabytes=100), pytest.raises(UserError, match="announces too many bytes"):
        read(tmp_path / "x.tar.gz")


def test_a_folder_of_links_is_read_and_loops_end(tmp_path):
    album, shown = tmp_path / "album", tmp_path / "shown"
    (album / "more").mkdir(parents=True)
    shown.mkdir()
    for seed, name in enumerate(["a.png", "more/b.png", "more/c.png"]):
        (album / name).write_bytes(png(seed))
    (shown / "0.png").symlink_to(album / "a.png")
    (shown / "1").symlink_to(album / "more")
    (shown / "2").symlink_to(album / "more")
    (shown / "3").symlink_to(shown)
    (album / "more" / "up").symlink_to(tmp_path)
    with open_images(shown) as images:
        found = list(images.read(limit=100))
    # `up` leads to the album itself, of which `more` was read already.
    assert [image.name for image in found] == ["0.png", "1/b.png", "1/c.png", "1/up/album/a.png"]
    assert_images([image.pixels for image in found], [0, 1, 2, 0])
    assert set(images.reasons) == {"folder that was read already"}


def test_a_single_image_can_be_read(tmp_path):
    (tmp_path / "one.png").write_bytes(png(3))
    images, skipped = read(tmp_path / "one.png")
    assert_images(images, [3])
    assert not skipped


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.7z", b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it"),
        ("x.zip", b"Rar!\x1a\x07", "a RAR archive; unpack it"),
        ("x.tar.xz", b"\xfd7zXZ\0", "an xz file; unpack it"),
        ("x.tar.zst", b"\x28\xb5\x2f\xfd", "a Zstandard file; unpack it"),
        ("x.zip", b"\n <!doctype HTML><html>", "an HTML page.*download the file again"),
        ("x.mp4", b"\0\0\0\x20ftypisom", "a video; save its frames"),
        ("x.avi", b"RIFF\0\0\0\0AVI ", "a video; save its frames"),
        ("x.pdf", b"%PDF-1.7", "a PDF document"),
        ("x.h5", b"\x89HDF\r\n", r"an HDF5 file; .*numpy\.save"),
        ("x.gz", gzip.compress(b"no tar"), "cannot be read as a tar archive"),
        ("x.txt", b"hello", "neither an image, nor an archive or array"),
        ("x", b"", "neither an image, nor an archive or array"),
    ],
)
def test_what_has_no_images_is_named_with_what_to_give(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=message) as refused:
        read(tmp_path / name)
    assert os.fspath(tmp_path / name) in str(refused.value)
