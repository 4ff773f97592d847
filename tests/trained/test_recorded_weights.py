"""The weights that come with the project."""

import numpy as np
import pytest
from PIL import Image

from lib import trained
from lib.data import digits
from lib.data.arithmetic import arithmetic, as_texts
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY
from lib.trained import recorded
from lib.trained.arithmetic import handwritten
from lib.visual.sheets import sheet
from report.reference import weights

MNIST = REPOSITORY.parent / "shared" / "data" / "mnist"
EXPERIMENTS = sorted(path.name for path in recorded.FOLDER.iterdir())


def queries(count):
    """Return random queries and their answers, as texts."""
    indices = np.random.default_rng(0).choice(len(arithmetic().queries), count, replace=False)
    known = as_texts(indices)
    return [each["query"] for each in known], [each["answer"].strip() for each in known]


def test_every_model_is_small_and_one_that_is_to_be_recorded():
    assert set(EXPERIMENTS) <= set(weights.EXPERIMENTS)
    for path in recorded.FOLDER.rglob("*.*"):
        assert path.stat().st_size <= recorded.LARGEST


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_recorded_weights_are_16_bit_numbers_that_fit_their_network(experiment, runtime):
    for path in (recorded.FOLDER / experiment).glob("*.npz"):
        with np.load(path, allow_pickle=False) as file:
            network = runtime.tf_keras.models.model_from_json(str(file["architecture"]))
            arrays = [file[f"weight-{k}"] for k in range(len(file.files) - 1)]
        assert [each.shape for each in arrays] == [each.shape for each in network.weights]
        assert {each.dtype for each in arrays} == {np.dtype(np.float16)}
        assert all(np.isfinite(each).all() for each in arrays)


def test_the_readme_shows_what_the_recorded_gan_generates(runtime):
    with Image.open(REPOSITORY / "docs/generated/gan-corrected.png") as image:
        shown = np.asarray(image).astype(int)
    samples = trained.load("gan-corrected", recorded=True).sample(32, seed=0)
    generated = np.asarray(sheet(samples, columns=8, scale=1)).astype(int)
    assert np.abs(shown - generated).max() <= 2  # grey levels, on any processor


def test_recorded_text_to_text_answers_almost_all_queries(runtime):
    asked, answers = queries(500)
    given = trained.load("text2text-corrected", recorded=True).answer(asked)
    assert np.mean([one == other for one, other in zip(given, answers, strict=True)]) > 0.95


def test_recorded_text_to_image_knows_the_answers_and_the_classifier_reads_its_digits(runtime):
    asked, answers = queries(200)
    writer = trained.load("text2image-corrected", recorded=True)
    assert np.mean(np.array(writer.answer(asked)) == answers) > 0.95
    images = writer.draw(asked).reshape(-1, 28, 28)
    tokens = trained.load("digit-classifier", recorded=True).classify(images)
    read = ["".join(tokens[k : k + 3]).strip() for k in range(0, len(tokens), 3)]
    assert np.mean(np.array(read) == answers) > 0.9


@pytest.mark.skipif(not MNIST.is_dir(), reason="no real MNIST in ../shared/data/mnist")
def test_recorded_image_to_text_reads_unseen_handwriting(runtime, tmp_path, monkeypatch):
    digits.prepare("auto", MNIST, tmp_path / "digits")
    prepared = digits.load(tmp_path / "digits")
    monkeypatch.setattr(digits, "load", lambda: prepared)
    asked, answers = queries(200)
    given = trained.load("image2text-corrected", recorded=True).read(handwritten(asked, seed=0))
    assert np.mean(np.array(given) == answers) > 0.9


def test_a_damaged_record_is_one_error(tmp_path, monkeypatch, runtime):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    decoder = runtime.tf_keras.Sequential(
        [runtime.tf_keras.layers.Input((2,)), runtime.tf_keras.layers.Dense(3)]
    )
    recorded.write("vae_32", {"decoder": decoder}, {"latent_dim": 2})
    networks, settings, _ = recorded.read("vae_32")
    assert settings.latent_dim == 2
    expected = decoder.get_weights()[0].astype(np.float16)
    assert np.array_equal(networks["decoder"].get_weights()[0], expected)
    file = tmp_path / "vae_32/decoder.npz"
    file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(UserError, match="git checkout"):
        recorded.read("vae_32")


def test_a_network_that_is_too_large_is_left_out_with_the_reason(tmp_path, monkeypatch, runtime):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    monkeypatch.setattr(recorded, "LARGEST", 100)
    layers = runtime.tf_keras.layers
    decoder = runtime.tf_keras.Sequential([layers.Input((2,)), layers.Dense(3)])
    assert "none of vae_32" in recorded.write("vae_32", {"decoder": decoder}, {})
    assert not (tmp_path / "vae_32").exists()
