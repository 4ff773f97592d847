"""What of prepared faces is reused, replaced, or kept when a preparation fails or is killed."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from lib.data import faces
from lib.system.errors import Offline, UserError
from lib.system.files import write_json
from lib.system.paths import REPOSITORY
from tests.data.face_sources import leftovers, save_array


@pytest.fixture
def few_drawn(monkeypatch):
    monkeypatch.setattr(faces, "SYNTHETIC_COUNT", 70)


def test_a_failure_keeps_what_was_there(tmp_path, faces_folder):
    before = faces.prepare("auto", save_array(tmp_path), faces_folder)
    bad = save_array(tmp_path, 10, "few.npy")
    with pytest.raises(UserError, match="10 usable images"):
        faces.prepare("auto", bad, faces_folder)
    assert faces.load(faces_folder).provenance == before
    assert leftovers(faces_folder) == ["faces"]


def test_nothing_is_done_twice(tmp_path, faces_folder):
    source = save_array(tmp_path)
    first = faces.prepare("auto", source, faces_folder)
    written = (faces_folder / "images.npy").stat().st_ino
    assert faces.prepare("auto", source, faces_folder) == first
    assert faces.prepare("auto", None, faces_folder) == first
    assert (faces_folder / "images.npy").stat().st_ino == written


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_changed_source_is_prepared_again(tmp_path, faces_folder, kind):
    source = save_array(tmp_path)
    if kind == "folder":
        (tmp_path / "images").mkdir()
        for index, values in enumerate(np.load(source)):
            Image.fromarray(values).save(tmp_path / "images" / f"{index}.png")
        source = tmp_path / "images"
    first = faces.prepare("auto", source, faces_folder)
    if kind == "folder":
        Image.new("RGB", (9, 9), "red").save(source / "new.png")
    else:
        save_array(tmp_path, seed=1)
    assert faces.prepare("auto", source, faces_folder)["fingerprint"] != first["fingerprint"]


def test_renamed_files_are_other_faces(tmp_path, faces_folder):
    images = tmp_path / "images"
    images.mkdir()
    for index, values in enumerate(np.load(save_array(tmp_path))):
        Image.fromarray(values).save(images / f"{index:03}.png")
    before = faces.prepare("auto", images, faces_folder)
    assert faces.prepare("auto", images, faces_folder) == before
    (images / "000.png").rename(images / "999.png")
    assert faces.prepare("auto", images, faces_folder)["fingerprint"] != before["fingerprint"]


@pytest.mark.parametrize(("mode", "given"), [("auto", True), ("builtin", False)])
def test_faces_prepared_by_an_earlier_version_are_not_used(tmp_path, faces_folder, mode, given):
    """The user's images are requested again, synthetic faces are drawn again."""
    source = save_array(tmp_path)
    facts = faces.prepare("builtin", None, faces_folder, limit=64)
    if given:
        facts = faces.prepare(mode, source, faces_folder)
    write_json(faces_folder / "provenance.json", {**facts, "preparation": 1})
    with pytest.raises(UserError, match="run: make data"):
        faces.load(faces_folder)
    if given:
        with pytest.raises(UserError, match=r"mine.npy.*earlier version.*FACES="):
            faces.prepare(mode, None, faces_folder)
        assert faces.prepare(mode, source, faces_folder)["fingerprint"] == facts["fingerprint"]
    elif mode == "builtin":
        again = faces.prepare(mode, None, faces_folder, limit=64)
        assert again["fingerprint"] == facts["fingerprint"]


def test_finding_everything_prepared_imports_nothing_heavy(tmp_path, faces_folder):
    source = save_array(tmp_path)
    faces.prepare("auto", source, faces_folder)
    program = (
        "import sys; from pathlib import Path; from lib.data import faces;"
        f"faces.prepare('auto', Path({str(source)!r}), Path({str(faces_folder)!r}));"
        "print({'numpy', 'cv2', 'scipy'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"


def test_real_faces_are_celeba_and_no_images_of_the_user(tmp_path, faces_folder, offline):
    given = faces.prepare("auto", save_array(tmp_path), faces_folder)
    with pytest.raises(Offline):
        faces.prepare("real", None, faces_folder)
    assert faces.load(faces_folder).provenance == given


def test_requested_real_faces_are_never_replaced_by_synthetic_ones(
    faces_folder, offline, few_drawn
):
    with pytest.raises(Offline):
        faces.prepare("real", None, faces_folder)
    faces.prepare("builtin", None, faces_folder)
    with pytest.raises(Offline):
        faces.prepare("real", None, faces_folder)
    assert faces.load(faces_folder).provenance["synthetic"] is True


def test_builtin_replaces_real_faces(tmp_path, faces_folder, few_drawn):
    faces.prepare("auto", save_array(tmp_path), faces_folder)
    assert faces.prepare("builtin", None, faces_folder)["synthetic"] is True


def test_a_killed_preparation_leaves_what_was_there(tmp_path, faces_folder):
    before = faces.prepare("auto", save_array(tmp_path), faces_folder)
    other = save_array(tmp_path, 90_000, "other.npy", seed=1)
    program = (
        "from pathlib import Path; from lib.data import faces;"
        f"faces.prepare('auto', Path({str(other)!r}), Path({str(faces_folder)!r}), limit=90_000)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY)
    partial = faces_folder.parent / ".faces.partial" / "images.npy"
    deadline = time.monotonic() + 60
    while not (partial.exists() and partial.stat().st_size > 500_000):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert faces.load(faces_folder).provenance == before
    assert partial.exists()
    small = save_array(tmp_path, 90, "small.npy", seed=2)
    assert faces.prepare("auto", small, faces_folder)["counts"]["used"] == 90
    assert leftovers(faces_folder) == ["faces"]


def test_synthetic_faces_are_used_if_nothing_can_be_downloaded(
    faces_folder, offline, few_drawn, capsys
):
    facts = faces.prepare("auto", None, faces_folder)
    assert facts["synthetic"] is True
    assert facts["name"] == "drawn stand-in faces"
    assert faces.load(faces_folder).images.shape == (70, 64, 64, 3)
    assert "FACES=<folder, archive or array>" in capsys.readouterr().err
