"""Preparing faces from everything that a user may bring, and from CelebA."""

import hashlib
import io
import json
import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from lib.data import faces, provenance
from lib.data.images.pixels import resize
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY
from tests.data.face_sources import leftovers, save_array

CELEBA_SUBSET = REPOSITORY.parent / "shared" / "data" / "celeba-subset-20k.zip"


def test_an_array_becomes_faces(tmp_path, faces_folder):
    source = save_array(tmp_path)
    facts = faces.prepare("auto", source, faces_folder)
    prepared = faces.load(faces_folder)
    assert prepared.provenance == facts
    assert isinstance(prepared.images, np.memmap)
    assert not prepared.images.flags.writeable
    expected = np.array([resize(Image.fromarray(image)) for image in np.load(source)])
    np.testing.assert_array_equal(prepared.images, expected)
    assert leftovers(faces_folder) == ["faces"]


def test_the_provenance_says_where_the_faces_come_from(tmp_path, faces_folder):
    source = save_array(tmp_path)
    facts = faces.prepare("real", source, faces_folder)
    assert facts["name"] == "images given by the user (mine.npy)"
    assert facts["synthetic"] is False
    assert facts["files"] == {"mine.npy": hashlib.sha256(source.read_bytes()).hexdigest()}
    assert facts["counts"]["used"] == 80
    assert facts["counts"]["skipped"] == {}
    assert "bicubic" in facts["converted"]
    stored = np.load(faces_folder / "images.npy", allow_pickle=False)
    assert facts["fingerprint"] == hashlib.sha256(stored.tobytes()).hexdigest()
    assert str(tmp_path) in facts.pop("given")["path"]
    assert str(tmp_path) not in json.dumps(facts)


def test_the_provenance_counts_the_sizes_of_the_images(tmp_path, faces_folder):
    images = tmp_path / "images"
    images.mkdir()
    for index in range(70):
        size = (30, 40) if index < 66 else (20 + index, 50)
        Image.new("RGB", size, (index, 0, 0)).save(images / f"{index:02}.png")
    counts = faces.prepare("auto", images, faces_folder)["counts"]
    assert counts["distinct_sizes"] == 5
    assert counts["sizes"] == {"30x40": 66, **{f"{20 + index}x50": 1 for index in range(66, 70)}}


def test_a_folder_and_a_zip_give_the_same_faces(tmp_path, faces_folder):
    images = tmp_path / "images"
    images.mkdir()
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        for index, values in enumerate(np.load(save_array(tmp_path))):
            buffer = io.BytesIO()
            Image.fromarray(values).save(buffer, "PNG")
            (images / f"{index:03}.png").write_bytes(buffer.getvalue())
            archive.writestr(f"any/{index:03}.png", buffer.getvalue())
        archive.writestr("any/notes.txt", "hello")
        archive.writestr("any/empty.png", "")
    from_folder = faces.prepare("auto", images, faces_folder)
    from_zip = faces.prepare("auto", tmp_path / "images.zip", faces_folder)
    from_array = faces.prepare("auto", tmp_path / "mine.npy", faces_folder)
    assert from_folder["fingerprint"] == from_zip["fingerprint"] == from_array["fingerprint"]
    assert from_folder["name"] == "images given by the user (images)"
    assert sum(from_zip["counts"]["skipped"].values()) == 2


def test_the_first_images_by_name_are_used(tmp_path, faces_folder):
    source = save_array(tmp_path, 200)
    facts = faces.prepare("auto", source, faces_folder, limit=100)
    assert facts["counts"]["used"] == 100
    expected = [resize(Image.fromarray(image)) for image in np.load(source)[:100]]
    np.testing.assert_array_equal(faces.load(faces_folder).images, expected)
    assert faces.prepare("auto", source, faces_folder, limit=150)["counts"]["used"] == 150


def test_unusable_images_do_not_count_towards_the_limit(tmp_path, faces_folder):
    values = np.random.default_rng(0).random((200, 16, 16, 3))
    values[:50] = np.nan
    np.save(tmp_path / "x.npy", values)
    facts = faces.prepare("auto", tmp_path / "x.npy", faces_folder, limit=100)
    assert facts["counts"]["used"] == 100
    assert facts["counts"]["skipped"] == {"values that are not a number": 50}


def test_too_few_usable_images_are_an_error_that_counts_them(tmp_path, faces_folder):
    values = np.zeros((70, 16, 16, 3), np.float32)
    values[:7] = np.nan
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(UserError, match=r"63 usable.*at least 64.*7 values that are not") as caught:
        faces.prepare("auto", tmp_path / "x.npy", faces_folder)
    assert "\n" not in str(caught.value)
    assert leftovers(faces_folder) == []


def test_a_pipe_is_refused_rather_than_read(tmp_path, faces_folder):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="is no file; give a folder"):
        faces.prepare("auto", tmp_path / "pipe", faces_folder)


def test_a_given_source_wins_over_the_mode(tmp_path, faces_folder):
    assert faces.prepare("builtin", save_array(tmp_path), faces_folder)["synthetic"] is False


def test_celeba_is_fetched_and_named(tmp_path, faces_folder, monkeypatch):
    calls = []
    archive = tmp_path / faces.CELEBA.name
    with zipfile.ZipFile(archive, "w") as file:
        for index, values in enumerate(np.load(save_array(tmp_path))):
            buffer = io.BytesIO()
            Image.fromarray(values).save(buffer, "PNG")
            file.writestr(f"img_align_celeba/{index:06}.jpg", buffer.getvalue())
    monkeypatch.setattr(
        "lib.data.download.fetch.fetch", lambda *call: calls.append(call) or archive
    )
    facts = faces.prepare("real", None, faces_folder, limit=70)
    assert calls == [(faces.CELEBA, faces_folder.parent / "downloads")]
    assert facts["name"] == "CelebA, first 70"
    assert facts["files"] == {"img_align_celeba.zip": faces.CELEBA.sha256}


def test_a_missing_source_is_an_error(tmp_path, faces_folder):
    with pytest.raises(UserError, match="nowhere"):
        faces.prepare("auto", tmp_path / "nowhere", faces_folder)


def test_nothing_prepared_is_an_error_that_names_the_target(faces_folder):
    with pytest.raises(UserError, match="make data"):
        faces.load(faces_folder)


@pytest.mark.skipif(not CELEBA_SUBSET.exists(), reason=f"no {CELEBA_SUBSET.name} in ../shared/data")
def test_real_photographs_become_what_they_became_in_the_original(faces_folder):
    facts = faces.prepare("real", CELEBA_SUBSET, faces_folder, limit=300)
    assert facts["name"] == "images given by the user (celeba-subset-20k.zip)"
    assert facts["counts"]["used"] == 300
    assert facts["counts"]["skipped"] == {}
    with zipfile.ZipFile(CELEBA_SUBSET) as archive:
        names = sorted(archive.namelist())[:300]
        expected = [
            np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB").resize((64, 64)))
            for name in names
        ]
    np.testing.assert_array_equal(faces.load(faces_folder).images, expected)
    assert provenance.read(faces_folder) == facts
