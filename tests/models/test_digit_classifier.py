import dataclasses

import numpy as np
import pytest

from lib.config.arithmetic import DigitClassifierSettings
from lib.data import digits
from lib.data.arithmetic import VOCABULARY, TokenImages
from lib.data.digits import Digits
from lib.data.operators import operator_images
from lib.models.arithmetic import digit_classifier
from lib.models.arithmetic.digit_classifier import (
    DigitClassifier,
    DigitClassifierTrainer,
    token_codes,
    training_indices,
)
from lib.runs import directories
from lib.system import files
from lib.system.errors import UserError

SETTINGS = DigitClassifierSettings(filters=2, epochs=3, batch_size=32, digit_count=100)


def written(digit, random):
    """A digit in a hand that is easy to read: as many blocks as it counts, of some brightness."""
    image = np.zeros((28, 28), np.uint8)
    for block in range(digit + 1):
        row, column = 3 + 6 * (block // 3), 4 + 8 * (block % 3)
        image[row : row + 4, column : column + 5] = random.integers(150, 256)
    return image


@pytest.fixture
def prepared(monkeypatch):
    """A hundred digits to train on and fifty to test on."""
    random = np.random.default_rng(0)
    labels = np.tile(np.arange(10, dtype=np.uint8), 15)
    images = np.array([written(label, random) for label in labels])
    found = Digits(images[:100], labels[:100], images[100:], labels[100:], {})
    monkeypatch.setattr(digits, "load", lambda: found)
    return found


@pytest.fixture
def finished(prepared, tmp_path):
    """A classifier after an epoch, and the directory of its run."""
    training = DigitClassifierTrainer(SETTINGS, seed=0)
    training.train_epoch(1, "")
    weights = [variable.numpy() for variable in training.weights()]
    spec = {"settings": dataclasses.asdict(SETTINGS)}
    files.write_json(tmp_path / "config.json", {"spec": spec})
    files.write_text(tmp_path / "history.jsonl", "")
    np.savez(tmp_path / "samples.npz")
    directories.write_weights(tmp_path, weights)
    directories.write_result(tmp_path, {"weights_sha256": directories.weights_digest(weights)})
    return training, tmp_path


def test_every_image_has_the_code_of_its_symbol():
    labels = np.array([3, 1, 3, 0, 9])
    images = np.arange(1, 6, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    tokens = TokenImages.of(images, labels)
    codes = token_codes(tokens)
    assert codes[:5].tolist() == labels.tolist()
    for image, code in zip(tokens.images[5:], codes[5:], strict=True):
        operators = operator_images(VOCABULARY[code]) if code < 12 else np.zeros((1, 28, 28))
        assert (image == operators).all(axis=(1, 2)).any()


def test_an_epoch_has_every_digit_once_and_the_other_symbols_alike(prepared):
    tokens = TokenImages.for_training(prepared)
    indices = training_indices(tokens)
    codes = token_codes(tokens)[indices]
    assert sorted(indices[codes < 10]) == list(range(100))
    assert np.bincount(codes).tolist() == [10] * 10 + [5] * 3


def test_no_image_of_the_test_part_is_trained_on(prepared):
    training = DigitClassifierTrainer(SETTINGS, seed=0)
    indices = training.indices[training.codes.numpy()[training.indices] < 10]
    assert indices.max() < len(prepared.train_images)
    assert np.array_equal(training.images.numpy()[indices], prepared.train_images[indices])
    few = DigitClassifierTrainer(dataclasses.replace(SETTINGS, digit_count=30), seed=0)
    assert np.array_equal(few.images.numpy()[:30], prepared.train_images[:30])
    assert len(few.images) == 30 + 50 + 50 + 1


def test_a_classifier_classifies_each_image_by_itself(finished, prepared):
    classifier = DigitClassifier(finished[0].model)
    images = prepared.test_images
    tokens = classifier.classify(images)
    assert tokens.dtype == np.uint8
    assert tokens.shape == (50,)
    assert np.array_equal(
        tokens, np.concatenate([classifier.classify(image[None]) for image in images])
    )


def test_what_is_loaded_reads_as_what_was_trained(finished, prepared):
    training, folder = finished
    images = np.concatenate([prepared.test_images, operator_images("-")])
    loaded = digit_classifier.load(folder)
    assert np.array_equal(loaded.classify(images), DigitClassifier(training.model).classify(images))


def test_weights_that_are_not_the_run_s_are_refused(finished):
    _, folder = finished
    weights = directories.read_weights(folder)
    directories.write_weights(folder, [-array for array in weights])
    with pytest.raises(UserError, match="was changed after its training"):
        digit_classifier.load(folder)


def test_training_on_digits_that_are_easy_to_read_ends_with_reading_them(prepared, compiled):
    settings = dataclasses.replace(SETTINGS, filters=4, epochs=15)
    training = DigitClassifierTrainer(settings, seed=0)
    for epoch in range(1, 16):
        training.train_epoch(epoch, "")
    metrics = training.evaluation([]).metrics
    assert metrics["test_accuracy"] > 0.9
    assert metrics["solver_unseen_instances_exact_match"] > 0.6


def test_accuracies_are_over_unseen_images_and_calculated_answers_follow(prepared, monkeypatch):
    """A classifier that takes every 7 for a 1, and is right otherwise, for which all is known."""
    training = DigitClassifierTrainer(SETTINGS, seed=0)

    def classify(self, images):
        known = [TokenImages.for_training(prepared), TokenImages.for_testing(prepared)]
        table = {
            image.tobytes(): code
            for tokens in known
            for image, code in zip(tokens.images, token_codes(tokens), strict=True)
        }
        codes = np.array([table[image.tobytes()] for image in images])
        return np.where(codes == 7, 1, codes).astype(np.uint8)

    monkeypatch.setattr(DigitClassifier, "classify", classify)
    metrics = training.evaluation([]).metrics
    assert metrics["test_accuracy"] == pytest.approx(0.9)
    assert metrics["test_accuracy_mean_of_tokens"] == pytest.approx(12 / 13)
    # Numbers without a 7: 81 of 100, so .81 squared of all queries, and a few right by chance.
    for part in ("unseen", "training"):
        found = metrics[f"solver_{part}_instances_exact_match"]
        assert found == pytest.approx(0.81**2, abs=0.04)


def test_a_restored_training_goes_on_with_the_same_bits(prepared):
    training, other = (DigitClassifierTrainer(SETTINGS, seed=0) for _ in range(2))
    training.train_epoch(1, "")
    other.restore(*training.state())
    assert other.train_epoch(2, "") == training.train_epoch(2, "")
    for one, two in zip(other.weights(), training.weights(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())
