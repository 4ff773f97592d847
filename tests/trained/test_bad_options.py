"""Wrong options: one line that says what to do, and exit status 2."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def bad(tmp_path_factory, photos):
    folder = tmp_path_factory.mktemp("bad")
    (folder / "empty").mkdir()
    (folder / "text.jpg").write_text("no image", encoding="utf-8")
    (folder / "narrow.png").touch()
    Image.fromarray(np.zeros((28, 3), np.uint8)).save(folder / "narrow.png")
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(folder / "token.png")
    os.mkfifo(folder / "pipe.png")
    return folder


@pytest.fixture(scope="module")
def damaged(work, tmp_path_factory):
    """A second work folder: a model without result, one with a cut-off network, one without."""
    copy = tmp_path_factory.mktemp("damaged") / "work"
    shutil.copytree(work / "runs", copy / "runs")
    runs = copy / "runs/smoke"
    shutil.rmtree(runs / "gan_64/published/seed-0/checkpoint")
    (runs / "gan_64/published/seed-0/result.json").unlink()
    network = runs / "vae_32/published/seed-0/networks/decoder.keras"
    network.write_bytes(network.read_bytes()[:1000])
    (runs / "cae/published/seed-0/networks/decoder.keras").unlink()
    (runs / "text2text/train-95/seed-0/config.json").write_text("{", encoding="utf-8")
    return copy


COMMANDS = {
    "generate": "MODEL= is missing",
    "generate MODEL=vae-33": "vae-33",
    "generate MODEL=gan-corrected": "run: make gan-corrected",
    "generate MODEL=vae-32 PROFILE=paper": "trained as smoke/vae_32/published/seed-0; choose one",
    "generate MODEL=vae-32 SEEDS=4": "SEEDS=4",
    "generate MODEL=vae-32 PROFILE=huge": "unknown profile huge",
    "generate MODEL=vae-32 VARIANT=none": "unknown variant none",
    "generate MODEL=vae-32 COUNT=0": "COUNT=0",
    "generate MODEL=vae-32 COUNT=1000000000": "COUNT=1000000000",
    "generate MODEL=vae-32 COUNT=ten": "COUNT=ten",
    "generate MODEL=vae-32 SEED=-1": "SEED=-1",
    "generate MODEL=vae-32 CUONT=3": "did you mean COUNT?",
    "generate MODEL=cae": "make generate cannot use cae",
    "generate MODEL=text2text": "make generate cannot use text2text",
    "encode MODEL=gan-64 FACES={photos}": "make encode cannot use gan-64",
    "interpolate MODEL=cae": "no latents to draw",
    "interpolate MODEL=gan-64 FACES={photos}": "gan-64 has no encoder",
    "interpolate MODEL=vae-32 FACES={photos}/photo-0.png": "give two or more",
    "interpolate MODEL=vae-32 STEPS=1": "STEPS=1",
    "reconstruct MODEL=vae-32": "FACES= is missing",
    "reconstruct MODEL=vae-32 FACES=nowhere": "nowhere",
    "reconstruct MODEL=vae-32 FACES={bad}/empty": "no usable image",
    "reconstruct MODEL=vae-32 FACES={bad}/text.jpg": "text.jpg is neither an image",
    "answer MODEL=text2text": "QUERY= is missing",
    "answer MODEL=text2text QUERY=100+1": "from 0 to 99",
    "answer MODEL=text2text QUERY=4*5": "'4*5'",
    "answer MODEL=text2text IMAGES={bad}/token.png": "takes written queries",
    "answer MODEL=text2text FACES={photos} QUERY=,": "QUERY=,",
    "answer MODEL=image2text IMAGES={bad}/text.jpg": "text.jpg",
    "answer MODEL=image2text IMAGES={bad}/pipe.png": "not a plain file",
    "answer MODEL=image2text IMAGES={bad}/narrow.png": "too narrow",
    "answer MODEL=image2text QUERY=1+1 IMAGES={bad}/token.png": "give one of them",
    "generate MODEL=vae-32 RECORDED=2": "RECORDED=2",
    "generate MODEL=vae-32 RECORDED=1 SEEDS=1": "leave out SEEDS",
    "generate MODEL=gan-first-epoch RECORDED=1": "no weights of gan-first-epoch",
}
DAMAGED = {
    "generate MODEL=gan-64": "gan-64 is not trained yet",
    "generate MODEL=vae-32": "decoder.keras cannot be read",
    "reconstruct MODEL=cae FACES={photos}": "lacks the network decoder",
    "answer MODEL=text2text QUERY=1+1": "config.json cannot be read",
}


def split(command, **folders):
    """Return a command's arguments: only in a list of files does a space not end one."""
    return [each.format(**folders) for each in command.split(" ")]


def check(results, expected):
    for (command, part), result in zip(expected.items(), results, strict=True):
        assert result.status == 2, command
        assert len(result.errors) == 1, (command, result.errors)
        assert result.errors[0].startswith("error: "), command
        assert part in result.errors[0], (command, result.errors)


def test_wrong_options_are_one_line(call, photos, bad):
    check(call(*(split(each, photos=photos, bad=bad) for each in COMMANDS)), COMMANDS)


def test_damaged_models_are_one_line(call_in, damaged, photos):
    check(call_in(damaged, *(split(each, photos=photos) for each in DAMAGED)), DAMAGED)
