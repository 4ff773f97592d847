"""Preparing faces: from everything that a user may bring, in every mode, and interrupted."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.data import faces, provenance
from lib.data.images import resize
from lib.system.errors import Offline, UserError
from lib.system.files import write_json

REPOSITORY = Path(__file__).resolve().parents[2]
CELEBA_PART = REPOSITORY.parent / "shared" / "data" / "celeba-subset-20k.zip"


def array(tmp_path, count=80, name="mine.npy", seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (count, 16, 16, 3), dtype=np.uint8)
    np.save(tmp_path / name, values)
    return tmp_path / name


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "faces"


@pytest.fixture
def offline(monkeypatch):
    def fetch(file, folder):
        raise Offline("no mirror can be reached")

    monkeypatch.setattr("lib.data.download.fetch.fetch", fetch)


@pytest.fixture
def few_drawn(monkeypatch):
    monkeypatch.setattr(faces, "SYNTHETIC_COUNT", 70)


def leftovers(folder):
    return sorted(path.name for path in folder.parent.iterdir() if path.name != ".faces.lock")


def test_an_array_becomes_faces(tmp_path, folder):
    source = array(tmp_path)
    facts = faces.prepare("auto", source, folder)
    prepared = faces.load(folder)
    assert prepared.provenance == facts
    assert isinstance(prepared.images, np.memmap)
    assert not prepared.images.flags.writeable
    expected = np.array([resize(Image.fromarray(image)) for image in np.load(source)])
    np.testing.assert_array_equal(prepared.images, expected)
    assert leftovers(folder) == ["faces"]


def test_the_provenance_tells_where_the_faces_come_from(tmp_path, folder):
    source = array(tmp_path)
    facts = faces.prepare("real", source, folder)
    assert facts["name"] == "images given by the user (mine.npy)"
    assert facts["synthetic"] is False
    assert facts["files"] == {"mine.npy": hashlib.sha256(source.read_bytes()).hexdigest()}
    assert facts["counts"]["used"] == 80
    assert facts["counts"]["skipped"] == {}
    assert "bicubic" in facts["converted"]
    stored = np.load(folder / "images.npy", allow_pickle=False)
    assert facts["fingerprint"] == hashlib.sha256(stored.tobytes()).hexdigest()
    assert str(tmp_path) in facts.pop("given")["path"]
    assert str(tmp_path) not in json.dumps(facts)


def test_the_provenance_tells_of_what_sizes_the_images_were(tmp_path, folder):
    images = tmp_path / "images"
    images.mkdir()
    for index in range(70):
        size = (30, 40) if index < 66 else (20 + index, 50)
        Image.new("RGB", size, (index, 0, 0)).save(images / f"{index:02}.png")
    counts = faces.prepare("auto", images, folder)["counts"]
    assert counts["distinct_sizes"] == 5
    assert counts["sizes"] == {"30x40": 66, **{f"{20 + index}x50": 1 for index in range(66, 70)}}


@pytest.mark.parametrize(("mode", "given"), [("auto", True), ("builtin", False)])
def test_faces_prepared_in_an_earlier_way_are_not_used(tmp_path, folder, mode, given):
    """Nothing is lost: what the user gave is asked for again, what is built in is made again."""
    source = array(tmp_path)
    facts = faces.prepare("builtin", None, folder, limit=64)
    if given:
        facts = faces.prepare(mode, source, folder)
    write_json(folder / "provenance.json", {**facts, "preparation": 1})
    with pytest.raises(UserError, match="run: make data"):
        faces.load(folder)
    if given:
        with pytest.raises(UserError, match=r"mine.npy.*earlier version.*FACES="):
            faces.prepare(mode, None, folder)
        assert faces.prepare(mode, source, folder)["fingerprint"] == facts["fingerprint"]
    elif mode == "builtin":
        again = faces.prepare(mode, None, folder, limit=64)
        assert again["fingerprint"] == facts["fingerprint"]


def test_a_folder_and_a_zip_give_the_same_faces(tmp_path, folder):
    images = tmp_path / "images"
    images.mkdir()
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        for index, values in enumerate(np.load(array(tmp_path))):
            buffer = io.BytesIO()
            Image.fromarray(values).save(buffer, "PNG")
            (images / f"{index:03}.png").write_bytes(buffer.getvalue())
            archive.writestr(f"any/{index:03}.png", buffer.getvalue())
        archive.writestr("any/notes.txt", "hello")
        archive.writestr("any/empty.png", "")
    from_folder = faces.prepare("auto", images, folder)
    from_zip = faces.prepare("auto", tmp_path / "images.zip", folder)
    from_array = faces.prepare("auto", tmp_path / "mine.npy", folder)
    assert from_folder["fingerprint"] == from_zip["fingerprint"] == from_array["fingerprint"]
    assert from_folder["name"] == "images given by the user (images)"
    assert sum(from_zip["counts"]["skipped"].values()) == 2


def test_renamed_files_are_other_faces(tmp_path, folder):
    images = tmp_path / "images"
    images.mkdir()
    for index, values in enumerate(np.load(array(tmp_path))):
        Image.fromarray(values).save(images / f"{index:03}.png")
    before = faces.prepare("auto", images, folder)
    assert faces.prepare("auto", images, folder) == before
    (images / "000.png").rename(images / "999.png")
    assert faces.prepare("auto", images, folder)["fingerprint"] != before["fingerprint"]


def test_the_first_images_by_name_are_used(tmp_path, folder):
    source = array(tmp_path, 200)
    facts = faces.prepare("auto", source, folder, limit=100)
    assert facts["counts"]["used"] == 100
    expected = [resize(Image.fromarray(image)) for image in np.load(source)[:100]]
    np.testing.assert_array_equal(faces.load(folder).images, expected)
    assert faces.prepare("auto", source, folder, limit=150)["counts"]["used"] == 150


def test_unusable_images_do_not_count_towards_the_limit(tmp_path, folder):
    values = np.random.default_rng(0).random((200, 16, 16, 3))
    values[:50] = np.nan
    np.save(tmp_path / "x.npy", values)
    facts = faces.prepare("auto", tmp_path / "x.npy", folder, limit=100)
    assert facts["counts"]["used"] == 100
    assert facts["counts"]["skipped"] == {"values outside 0..1 or not a number": 50}


def test_too_few_usable_images_are_an_error_that_counts_them(tmp_path, folder):
    values = np.zeros((70, 16, 16, 3), np.float32)
    values[:7] = 2
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(UserError, match=r"63 usable.*at least 64.*7 values outside") as caught:
        faces.prepare("auto", tmp_path / "x.npy", folder)
    assert "\n" not in str(caught.value)
    assert leftovers(folder) == []


def test_a_failure_keeps_what_was_there(tmp_path, folder):
    before = faces.prepare("auto", array(tmp_path), folder)
    bad = array(tmp_path, 10, "few.npy")
    with pytest.raises(UserError, match="10 usable images"):
        faces.prepare("auto", bad, folder)
    assert faces.load(folder).provenance == before
    assert leftovers(folder) == ["faces"]


def test_nothing_is_done_twice(tmp_path, folder, monkeypatch):
    source = array(tmp_path)
    first = faces.prepare("auto", source, folder)
    monkeypatch.setattr(faces, "_build_from", None)
    assert faces.prepare("auto", source, folder) == first
    assert faces.prepare("auto", None, folder) == first


def test_real_faces_are_celeba_and_no_images_of_the_user(tmp_path, folder, offline):
    given = faces.prepare("auto", array(tmp_path), folder)
    with pytest.raises(Offline):
        faces.prepare("real", None, folder)
    assert faces.load(folder).provenance == given


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_changed_source_is_prepared_again(tmp_path, folder, kind):
    source = array(tmp_path)
    if kind == "folder":
        (tmp_path / "images").mkdir()
        for index, values in enumerate(np.load(source)):
            Image.fromarray(values).save(tmp_path / "images" / f"{index}.png")
        source = tmp_path / "images"
    first = faces.prepare("auto", source, folder)
    if kind == "folder":
        Image.new("RGB", (9, 9), "red").save(source / "new.png")
    else:
        array(tmp_path, seed=1)
    assert faces.prepare("auto", source, folder)["fingerprint"] != first["fingerprint"]


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path, folder):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="give a folder, a zip"):
        faces.prepare("auto", tmp_path / "pipe", folder)


def test_a_cut_array_is_prepared_again(tmp_path, folder):
    source = array(tmp_path)
    faces.prepare("auto", source, folder)
    with open(folder / "images.npy", "r+b") as file:
        file.truncate(5000)
    with pytest.raises(UserError, match="make data"):
        faces.load(folder)
    faces.prepare("auto", source, folder)
    assert len(faces.load(folder).images) == 80


def test_finding_everything_prepared_imports_nothing_heavy(tmp_path, folder):
    source = array(tmp_path)
    faces.prepare("auto", source, folder)
    program = (
        "import sys; from pathlib import Path; from lib.data import faces;"
        f"faces.prepare('auto', Path({str(source)!r}), Path({str(folder)!r}));"
        "print({'numpy', 'cv2', 'scipy'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"


def test_drawn_faces_stand_in_where_nothing_can_be_fetched(folder, offline, few_drawn, capsys):
    facts = faces.prepare("auto", None, folder)
    assert facts["synthetic"] is True
    assert facts["name"] == "drawn stand-in faces"
    assert faces.load(folder).images.shape == (70, 64, 64, 3)
    assert "FACES=<folder, zip or npy>" in capsys.readouterr().err


def test_real_faces_are_never_stood_in_for(folder, offline, few_drawn):
    with pytest.raises(Offline):
        faces.prepare("real", None, folder)
    faces.prepare("builtin", None, folder)
    with pytest.raises(Offline):
        faces.prepare("real", None, folder)
    assert faces.load(folder).provenance["synthetic"] is True


def test_builtin_replaces_real_faces(tmp_path, folder, few_drawn):
    faces.prepare("auto", array(tmp_path), folder)
    assert faces.prepare("builtin", None, folder)["synthetic"] is True


def test_a_given_source_wins_over_the_mode(tmp_path, folder):
    assert faces.prepare("builtin", array(tmp_path), folder)["synthetic"] is False


def test_celeba_is_fetched_and_named(tmp_path, folder, monkeypatch):
    asked = []
    archive = tmp_path / faces.CELEBA.name
    with zipfile.ZipFile(archive, "w") as file:
        for index, values in enumerate(np.load(array(tmp_path))):
            buffer = io.BytesIO()
            Image.fromarray(values).save(buffer, "PNG")
            file.writestr(f"img_align_celeba/{index:06}.jpg", buffer.getvalue())
    monkeypatch.setattr(
        "lib.data.download.fetch.fetch", lambda *call: asked.append(call) or archive
    )
    facts = faces.prepare("real", None, folder, limit=70)
    assert asked == [(faces.CELEBA, folder.parent / "downloads")]
    assert facts["name"] == "CelebA, first 70"
    assert facts["files"] == {"img_align_celeba.zip": faces.CELEBA.sha256}


@pytest.mark.parametrize("mode", ["", "fake"])
def test_an_unknown_mode_is_an_error(folder, mode):
    with pytest.raises(UserError, match="choose one of: auto, builtin, real"):
        faces.prepare(mode, None, folder)


def test_a_missing_source_is_an_error(tmp_path, folder):
    with pytest.raises(UserError, match="nowhere"):
        faces.prepare("auto", tmp_path / "nowhere", folder)


def test_nothing_prepared_is_an_error_that_names_the_target(folder):
    with pytest.raises(UserError, match="make data"):
        faces.load(folder)


def test_an_unwritable_folder_is_an_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot write"):
        faces.prepare("auto", array(tmp_path), tmp_path / "file" / "faces")


def test_a_killed_preparation_leaves_what_was_there(tmp_path, folder):
    before = faces.prepare("auto", array(tmp_path), folder)
    other = array(tmp_path, 90_000, "other.npy", seed=1)
    program = (
        "from pathlib import Path; from lib.data import faces;"
        f"faces.prepare('auto', Path({str(other)!r}), Path({str(folder)!r}), limit=90_000)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY)
    partial = folder.parent / ".faces.partial" / "images.npy"
    deadline = time.monotonic() + 60
    while not (partial.exists() and partial.stat().st_size > 500_000):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert faces.load(folder).provenance == before
    assert partial.exists()
    small = array(tmp_path, 90, "small.npy", seed=2)
    assert faces.prepare("auto", small, folder)["counts"]["used"] == 90
    assert leftovers(folder) == ["faces"]


def test_a_kill_between_the_two_renames_is_undone(tmp_path, folder):
    source = array(tmp_path)
    before = faces.prepare("auto", source, folder)
    folder.rename(folder.with_name(".faces.previous"))
    assert faces.prepare("auto", source, folder) == before


@pytest.mark.skipif(not CELEBA_PART.exists(), reason=f"no {CELEBA_PART.name} beside the repository")
def test_real_photographs_become_what_the_original_made_of_them(folder):
    facts = faces.prepare("real", CELEBA_PART, folder, limit=300)
    assert facts["name"] == "images given by the user (celeba-subset-20k.zip)"
    assert facts["counts"]["used"] == 300
    assert facts["counts"]["skipped"] == {}
    with zipfile.ZipFile(CELEBA_PART) as archive:
        names = sorted(archive.namelist())[:300]
        expected = [
            np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB").resize((64, 64)))
            for name in names
        ]
    np.testing.assert_array_equal(faces.load(folder).images, expected)
    assert provenance.read(folder) == facts
