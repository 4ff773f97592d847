"""What the user learns about images that are not used, or used in another way."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from lib.data import faces
from lib.data.images import colour
from tests.data.face_sources import pixels, png
from tests.data.images.colour_profiles import profile


@pytest.fixture
def photos(tmp_path):
    """Return a function that makes a folder of 100 images, of which some are none."""

    def make(bad):
        folder = tmp_path / "photos"
        folder.mkdir()
        for number in range(100):
            content = png(number)
            if number < bad:
                content = b"hello" if number % 2 else content[:-300]
            (folder / f"{number:03}.png").write_bytes(content)
        return folder

    return make


def test_few_skipped_images_are_counted_and_all_are_listed(photos, faces_folder, capsys):
    facts = faces.prepare("auto", photos(bad=3), faces_folder)
    (line, _) = capsys.readouterr().err.splitlines()
    assert not line.startswith("WARNING")
    assert "97 images used; skipped: 2 damaged or cut off (000.png, ...), 1 not a JPEG" in line
    assert str(faces_folder / "skipped.txt") in line
    assert facts["counts"]["skipped"]["damaged or cut off"] == 2
    reasons = dict(
        reversed(each.split("\t"))
        for each in (faces_folder / "skipped.txt").read_text(encoding="utf-8").splitlines()
    )
    assert list(reasons) == ["000.png", "001.png", "002.png"]
    assert reasons["000.png"] == reasons["002.png"] == "damaged or cut off"


def test_many_skipped_images_are_a_warning(photos, faces_folder, capsys):
    faces.prepare("auto", photos(bad=5), faces_folder)
    (line, _) = capsys.readouterr().err.splitlines()
    assert line.startswith("WARNING  ")
    assert "3 damaged or cut off (000.png, ...), 2 not a JPEG" in line
    assert "(001.png, ...)" in line


def test_hidden_files_are_no_reason_for_a_warning(photos, faces_folder, capsys):
    folder = photos(bad=0)
    for number in range(100):
        (folder / f"._{number:03}.png").write_bytes(b"not an image")
    faces.prepare("auto", folder, faces_folder)
    (line, _) = capsys.readouterr().err.splitlines()
    assert "100 images used; skipped: 100 hidden or system file (._000.png, ...)" in line
    assert not line.startswith("WARNING")


def test_nothing_is_said_or_listed_if_nothing_is_skipped(photos, faces_folder, capsys):
    faces.prepare("auto", photos(bad=0), faces_folder)
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (faces_folder / "skipped.txt").exists()


def test_a_name_with_line_breaks_is_one_line(tmp_path, faces_folder, capsys):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(64):
        (folder / f"{number:03}.png").write_bytes(png(number))
    (folder / "a\n\x1b[31m.png").write_text("hello", encoding="utf-8")
    faces.prepare("auto", folder, faces_folder)
    assert r"(a\n\x1b[31m.png)" in capsys.readouterr().err
    (line,) = (faces_folder / "skipped.txt").read_text(encoding="utf-8").splitlines()
    assert line.endswith(r"a\n\x1b[31m.png")


def test_the_provenance_counts_colour_profiles(tmp_path, faces_folder):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(70):
        embedded = {2: b"no profile", 3: profile("Display P3")}.get(number, b"")
        buffer = io.BytesIO()
        Image.fromarray(pixels(number)).save(buffer, "PNG", icc_profile=embedded)
        (folder / f"{number:03}.png").write_bytes(buffer.getvalue())
    facts = faces.prepare("auto", folder, faces_folder)
    assert facts["counts"]["colours"] == {colour.IGNORED: 1, colour.CONVERTED: 1}


def test_the_provenance_says_how_an_array_is_understood(tmp_path, faces_folder, capsys):
    values = np.random.default_rng(0).uniform(-1, 1, (64, 3, 9, 8)).astype(np.float32)
    np.save(tmp_path / "x.npy", values)
    facts = faces.prepare("auto", tmp_path / "x.npy", faces_folder)
    expected = "(count, 3, height, width) taken as RGB; floats from -1 to 1 taken as black to white"
    assert facts["reading"] == expected
    (line, _) = capsys.readouterr().err.splitlines()
    assert line.endswith(f"x.npy: {expected}")


def test_the_provenance_names_where_links_lead_and_a_change_there_counts(tmp_path, faces_folder):
    album, shown = tmp_path / "album", tmp_path / "shown"
    (album / "more").mkdir(parents=True)
    shown.mkdir()
    for number in range(70):
        name = f"{number:03}.png"
        (album / ("more" if number > 9 else "") / name).write_bytes(png(number))
        if number <= 9:
            (shown / name).symlink_to(album / name)
    (shown / "more").symlink_to(album / "more")
    facts = faces.prepare("auto", shown, faces_folder)
    assert facts["counts"]["used"] == 70
    assert facts["given"]["links"]["to"] == [str(album), str(album / "more")]
    assert faces.prepare("auto", shown, faces_folder) == facts
    given = facts.pop("given")
    assert str(tmp_path) not in json.dumps(facts)
    (album / "more" / "050.png").write_bytes(png(1000))
    again = faces.prepare("auto", shown, faces_folder)
    assert again["given"] != given
    assert again["fingerprint"] != facts["fingerprint"]


def test_faces_given_to_an_earlier_version_stay_in_use_until_they_are_given_again(
    photos, faces_folder
):
    """Then they are prepared again, and are the same if nothing in them is read in another way."""
    source = photos(bad=0)
    facts = faces.prepare("auto", source, faces_folder)
    del facts["given"]["reading"]
    (faces_folder / "provenance.json").write_text(json.dumps(facts), encoding="utf-8")
    assert faces.load(faces_folder).provenance == facts
    assert faces.prepare("auto", None, faces_folder) == facts
    again = faces.prepare("auto", source, faces_folder)
    assert again["given"] == {**facts["given"], "reading": faces.READING}
    assert again["fingerprint"] == facts["fingerprint"]
