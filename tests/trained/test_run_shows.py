"""What a run shows while it trains and when it is done: sheets, curves, events, a page."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from tests.workplace import Workplace, differences


def run_of(work, experiment, variant):
    return work / "runs/smoke" / experiment / variant / "seed-0"


@pytest.fixture(scope="module")
def vae(work):
    return run_of(work, "vae_32", "published")


def test_there_is_a_sheet_of_each_epoch_and_the_newest_is_the_last(vae):
    images = vae / "images"
    assert {path.name for path in images.glob("epoch-*")} == {"epoch-0001.png", "epoch-0002.png"}
    assert (images / "newest.png").read_bytes() == (images / "epoch-0002.png").read_bytes()
    with np.load(vae / "samples.npz") as file:
        shown = file["samples"][-1]
    with Image.open(images / "newest.png") as sheet:
        assert np.array_equal(np.asarray(sheet)[:128:2, :128:2], shown[0])


def test_events_hold_the_metrics_and_sheets_of_every_epoch(vae, runtime):
    (file,) = (vae / "events").iterdir()
    values = {}
    for event in runtime.tf.compat.v1.train.summary_iterator(str(file)):
        for value in event.summary.value:
            values.setdefault(value.tag, []).append(value)
    assert {"loss", "kl_divergence", "images"} <= values.keys()
    history = (vae / "history.jsonl").read_text(encoding="utf-8").splitlines()
    losses = [json.loads(line)["loss"] for line in history]
    assert np.allclose([value.simple_value for value in values["loss"]], losses, rtol=1e-6)
    pngs = [value.image.encoded_image_string for value in values["images"]]
    assert pngs[1] == (vae / "images/newest.png").read_bytes()
    with Image.open(vae / "images/newest.png") as image:
        assert (values["images"][1].image.width, values["images"][1].image.height) == image.size


@pytest.mark.parametrize(
    ("experiment", "variant", "shown"),
    [
        ("cae", "published", {"reconstructions.png"}),
        (
            *("vae_32", "published"),
            {
                *("samples.png", "posterior.png", "reconstructions.png"),
                *("interpolation.png", "interpolation.gif"),
                *("image_interpolation.png", "image_interpolation.gif"),
            },
        ),
        ("gan_64", "published", {"samples.png", "interpolation.png", "interpolation.gif"}),
        ("text2image", "1-1-512", {"answers.png"}),
        ("text2text", "train-95", set()),
        ("image2text", "flatten", set()),
    ],
)
def test_a_page_shows_all_without_any_other_file(work, experiment, variant, shown):
    run = run_of(work, experiment, variant)
    page = (run / "page.html").read_text(encoding="utf-8")
    drawn = {path.name for path in (run / "images").iterdir() if not path.name.startswith("epoch")}
    assert drawn - {"curves.png", "newest.png"} == shown
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(source.startswith("data:image/") for source in sources)
    answered = re.findall(r"<td>(correct|wrong)</td>", page)
    has_answers = experiment in ("text2text", "image2text")
    assert len(answered) == (12 if has_answers else 0)
    imaged = 12 if experiment == "image2text" else 0
    assert len(sources) == 1 + len(shown) + imaged
    assert "stand-in" in page or experiment == "text2text"


def test_a_page_says_how_to_use_its_model(vae):
    page = (vae / "page.html").read_text(encoding="utf-8")
    assert "make generate MODEL=vae-32 PROFILE=smoke COUNT=64" in page
    assert "decoder.keras, encoder.keras" in page


@pytest.fixture
def elsewhere(work, tmp_path):
    (tmp_path / "data").symlink_to(work / "data")
    return Workplace(tmp_path, "vae_32", "published", ("PROFILE=smoke",))


def test_a_page_names_changed_settings(vae, elsewhere):
    elsewhere.train("LATENT_DIM=3", "EPOCHS=1")
    page = (elsewhere.run() / "page.html").read_text(encoding="utf-8")
    assert "Changed settings: EPOCHS=1 instead of 2, LATENT_DIM=3 instead of 32." in page
    assert "Changed settings" not in (vae / "page.html").read_text(encoding="utf-8")


def test_a_training_that_diverges_ends_at_once(elsewhere):
    *_, last = elsewhere.refused("LEARNING_RATE=1e30")
    assert "diverged in epoch 1" in last
    assert not list((elsewhere.run() / "checkpoint").glob("*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("experiment", "variant"), [("vae_32", "published"), ("text2image", "1-1-512")]
)
def test_a_training_that_shows_nothing_has_the_same_bits(work, tmp_path, experiment, variant):
    (tmp_path / "data").symlink_to(work / "data")
    arguments = ("PROFILE=smoke", "STUDY=corrected")
    hidden = Workplace(tmp_path, experiment, variant, arguments, "tests.without_images")
    hidden.train()
    assert not (hidden.run() / "images/epoch-0001.png").exists()
    shown = Workplace(work, experiment, variant, arguments)
    assert not differences(hidden.numbers(), shown.numbers())
