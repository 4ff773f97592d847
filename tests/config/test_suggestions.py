import pytest

from lib.config import request, targets
from lib.config.experiments import find
from lib.config.suggestions import unknown
from lib.system.errors import UserError


@pytest.mark.parametrize(
    ("argument", "meant"),
    [
        ("SEED=1", "SEEDS"),
        ("EPOCH=3", "EPOCHS"),
        ("faces=photos", "FACES"),
        ("LATENT_DIMS=8", "LATENT_DIM"),
        ("latent-dim=8", "LATENT_DIM"),
        ("LR=1", "LEARNING_RATE"),
        ("GPU=1", "CUDA"),
        ("PHOTOS=x", "FACES"),
        ("BATCH=8", "BATCH_SIZE"),
    ],
)
def test_an_unknown_setting_is_answered_by_the_similar_one_first(argument, meant):
    name = argument.split("=")[0]
    with pytest.raises(UserError, match=f"^unknown setting {name}; did you mean {meant}\\? known:"):
        request.parse([argument])


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("vae32", "vae-32"),
        ("VAE-32", "vae-32"),
        ("vae_46", "vae-64"),
        ("text-2-text", "text2text"),
        ("figure", "figures"),
        ("tests", "test"),
        ("reports", "report"),
        ("shel", "shell"),
    ],
)
def test_an_unknown_target_is_answered_by_the_similar_one_first(target, meant):
    with pytest.raises(UserError, match=f"; did you mean {meant}\\? known: cae"):
        find(target)


def test_nothing_similar_is_no_suggestion():
    for name in ("xyzzy", ""):
        error = unknown("setting", name, ["EPOCHS", "SEEDS"])
        assert str(error) == f"unknown setting {name}; known: EPOCHS, SEEDS"


def test_every_target_is_a_name_of_its_own():
    names = targets.names()
    assert len(set(names)) == len(names)
    assert {"all", "image", "shell", "lint", "format"} <= set(names)
