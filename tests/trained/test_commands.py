"""What `make generate`, `reconstruct`, `interpolate`, `encode`, `answer` and `export` write."""

import csv
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from lib.visual.sheets import FRAME_MILLISECONDS, GAP


@pytest.fixture(scope="module")
def called(call, photos, tmp_path_factory):
    """The results of one command of each kind for one model of each kind."""
    faces = f"FACES={photos}"
    odd = tmp_path_factory.mktemp("odd")
    shutil.copy(photos / "photo-0.png", odd / os.fsdecode(b"caf\xe9.png"))
    commands = {
        "generate": ["generate", "MODEL=vae-32", "COUNT=7", "SEED=3"],
        "again": ["generate", "MODEL=vae-32", "COUNT=3", "SEED=3"],
        "generate_gan": ["generate", "MODEL=gan-64", "COUNT=2"],
        "generate_corrected": ["generate", "MODEL=vae-corrected", "COUNT=2"],
        "reconstruct": ["reconstruct", "MODEL=cae", faces],
        "interpolate": ["interpolate", "MODEL=gan-64", "COUNT=2", "STEPS=5"],
        "between": [
            *("interpolate", "MODEL=vae-32", "STEPS=4"),
            f"FACES={photos / 'photo-0.png'} {photos / 'photo-1.png'}",
        ],
        "encode": ["encode", "MODEL=vae-32", faces],
        "odd": ["reconstruct", "MODEL=vae-32", f"FACES={odd}"],
        "answer": ["answer", "MODEL=text2text", "QUERY=46+69, 7 - 12"],
        "draw": ["answer", "MODEL=text2image", "QUERY=46+69"],
        "read": ["answer", "MODEL=image2text", "QUERY=46+69,1-2"],
        "export": ["export", "MODEL=vae-32"],
    }
    return dict(zip(commands, call(*commands.values()), strict=True))


def size(path):
    with Image.open(path) as image:
        return image.size


def grid(columns, rows, width=64, height=64, scale=2):
    return columns * (width * scale + GAP) - GAP, rows * (height * scale + GAP) - GAP


def test_all_succeed_and_name_their_model_first(called):
    for name, result in called.items():
        assert result.status == 0, (name, result.errors)
        assert result.lines[0].startswith("model: ")


def test_samples_are_single_files_and_a_sheet_and_fewer_are_the_first_of_more(called):
    sheet = called["generate"].path
    singles = sorted((sheet.parent / "samples").iterdir())
    assert [path.name for path in singles] == [f"{k:06}.png" for k in range(1, 4)]
    assert all(size(path) == (64, 64) for path in singles)
    assert called["again"].path == sheet
    assert size(sheet) == grid(2, 2)  # drawn last, of three
    with Image.open(sheet) as drawn, Image.open(singles[0]) as first:
        corner = np.asarray(drawn)[:128:2, :128:2]
        assert np.array_equal(corner, np.asarray(first))


def test_reconstructions_come_with_the_error_of_each_image(called, photos):
    path = called["reconstruct"].path
    assert size(path) == grid(5, 2)
    with open(path.with_name("errors.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == [f"photo-{k}.png" for k in range(5)]
    # The error of what the sheet shows: originals above, reconstructions below.
    with Image.open(path) as image:
        pixels = np.asarray(image).astype(float)[::2, ::2]
    upper, lower = pixels[:64, :64] / 255, pixels[65:129, :64] / 255
    assert np.isclose(float(rows[0]["mean_squared_error"]), np.square(upper - lower).mean(), 1e-4)
    assert any("not a" in line or "skipped" in line for line in called["reconstruct"].errors)


def test_a_name_that_is_not_utf_8_is_written_as_plain_text(called):
    errors = called["odd"].path.with_name("errors.csv").read_text(encoding="utf-8")
    assert errors.splitlines()[1].startswith("caf\\udce9.png,")


def test_interpolations_are_strips_and_an_animation_there_and_back(called):
    assert size(called["interpolate"].path) == grid(5, 2)
    assert size(called["between"].path) == grid(4, 1)
    with Image.open(called["between"].path.with_name("animation.gif")) as animation:
        assert animation.info["loop"] == 0
        durations = []
        for frame in range(animation.n_frames):  # equal frames are one
            animation.seek(frame)
            durations.append(animation.info["duration"])
    assert sum(durations) == (2 * 24 - 2) * FRAME_MILLISECONDS


def test_latents_are_the_same_in_both_files_and_in_the_order_of_the_names(called):
    table = called["encode"].path
    with np.load(table.with_suffix(".npz")) as file:
        names, latents = list(file["names"]), file["latents"]
    with open(table, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert names == [row["file"] for row in rows] == [f"photo-{k}.png" for k in range(5)]
    assert latents.shape == (5, 32)
    assert latents.dtype == np.float32
    assert np.float32(rows[4]["latent_32"]) == latents[4, 31]


def test_answers_say_whether_they_are_correct(called):
    first, second = called["answer"].lines[1:]
    assert first.startswith("46+69 = ")
    assert first.endswith(("(correct)", "(wrong: it is 115)"))
    assert second.endswith(("(correct)", "(wrong: it is -5)"))


def test_drawn_answers_and_read_queries_are_shown(called):
    assert size(called["draw"].path) == grid(1, 1, 84, 28, 4)
    assert size(called["read"].path) == grid(1, 2, 140, 28, 4)
    handwriting, first, *_ = called["read"].lines[1:]
    assert handwriting == "handwriting: scikit-learn digits (stand-in)"
    assert first.startswith("46+69 = ")


def test_exported_networks_are_keras_files(called):
    names = {path.name for path in called["export"].path.iterdir()}
    assert names == {"encoder.keras", "decoder.keras"}
