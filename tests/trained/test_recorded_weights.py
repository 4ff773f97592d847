"""The weights that come with the project."""

import dataclasses

import numpy as np
import pytest
import tf_keras
from PIL import Image

from lib import trained
from lib.config.experiments import experiments
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


def test_every_model_is_one_that_is_to_be_recorded_and_every_file_is_small():
    assert set(EXPERIMENTS) == set(weights.EXPERIMENTS)
    for path in recorded.FOLDER.rglob("*.*"):
        assert path.stat().st_size < 1_000_000


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_recorded_weights_are_finite_16_bit_numbers(experiment):
    for path in (recorded.FOLDER / experiment).glob("*.npy"):
        numbers = np.load(path)
        assert numbers.dtype == np.float16
        assert np.isfinite(numbers).all()


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


@pytest.fixture
def network(runtime):
    """A network with 2 * 3 + 3 weights."""
    layers = runtime.tf_keras.layers
    return runtime.tf_keras.Sequential([layers.Input((2,)), layers.Dense(3)])


@pytest.mark.parametrize(("part", "count"), [(4, 3), (9, 1), (10, 1)])
def test_weights_come_back_from_one_file_or_several(tmp_path, monkeypatch, network, part, count):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    monkeypatch.setattr(recorded, "PART", part)
    network.set_weights([np.arange(6.0).reshape(2, 3), np.array([0.1, 0.2, 0.3])])
    folder = recorded.write("vae_32", {"decoder": network}, {"latent_dim": 2})
    assert len(list(folder.glob("*.npy"))) == count
    networks, settings, _ = recorded.read("vae_32")
    assert settings.latent_dim == 2
    for read, written in zip(networks["decoder"].get_weights(), network.get_weights(), strict=True):
        assert np.array_equal(read, written.astype(np.float16))


def test_what_only_training_needs_is_left_out(tmp_path, monkeypatch, network):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    both = {"generator": network, "discriminator": network}
    recorded.write("gan_64", both, {"latent_dim": 2})
    assert list(recorded.read("gan_64")[0]) == ["generator"]


def test_a_damaged_record_is_one_error(tmp_path, monkeypatch, network):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    file = recorded.write("vae_32", {"decoder": network}, {"latent_dim": 2}) / "decoder.1.npy"
    file.write_bytes(file.read_bytes()[:-2])
    with pytest.raises(UserError, match="git checkout"):
        recorded.read("vae_32")


def test_networks_that_a_model_no_longer_has_leave_its_weights(runtime, tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    settings = dataclasses.asdict(experiments()["vae_64"].settings)
    network = tf_keras.Sequential([tf_keras.layers.Dense(2, input_shape=(3,))])
    for names in (("encoder", "prior"), ("encoder",)):
        recorded.write("vae_64", dict.fromkeys(names, network), settings)
        assert set(recorded.read("vae_64")[0]) == set(names)
