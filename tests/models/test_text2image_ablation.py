from pathlib import Path

import numpy as np
import pytest

from lib.config import request
from lib.config.arithmetic import Text2ImageAblationSettings, Text2ImageSettings
from lib.config.profiles import PROFILES
from lib.data.arithmetic import arithmetic
from lib.models.arithmetic import digit_classifier
from lib.models.arithmetic.text2image import Text2ImageTrainer
from lib.models.arithmetic.text2image_ablation import Text2ImageAblationTrainer

TINY = {"units": 4, "query_count": 100, "batch_size": 32, "epochs": 1}


@pytest.fixture
def trained(few_digits):
    training = Text2ImageAblationTrainer(Text2ImageAblationSettings(**TINY), seed=0)
    training.needed = {"digit_classifier": Path("the classifier's run")}
    return training, [training.train_epoch(1, "")]


@pytest.fixture
def classifier(monkeypatch):
    """A classifier that knows its answers, and keeps what it is shown."""

    class Reader:
        def classify(self, images):
            self.shown = images
            return self.codes

    knowing = Reader()
    monkeypatch.setattr(digit_classifier, "load", lambda folder: knowing)
    return knowing


def test_classified_answers_are_compared_with_the_answers(trained, classifier):
    training, history = trained
    codes = arithmetic().answers[training.validation_indices].copy()
    assert len(codes) == 20
    codes[3] = (codes[3] + 1) % 13
    codes[5, 0] = (codes[5, 0] + 1) % 13
    classifier.codes = codes.ravel()
    metrics = training.evaluation(history).metrics
    assert metrics["validation_classified_exact_match"] == pytest.approx(18 / 20)
    assert metrics["validation_classified_accuracy"] == pytest.approx(56 / 60)


def test_the_reader_is_shown_the_model_s_images(trained, classifier):
    training, history = trained
    classifier.codes = np.zeros(60, np.uint8)
    training.evaluation(history)
    queries = np.eye(13, dtype=np.float32)[arithmetic().queries[training.validation_indices]]
    drawn = training.model(queries).numpy().reshape(60, 28, 28)
    assert classifier.shown.dtype == np.uint8
    assert np.abs(classifier.shown / 255 - drawn).max() <= 0.5 / 255 + 1e-5


def test_error_against_averages_is_over_that_against_the_targets(trained):
    training, _ = trained
    codes = arithmetic().answers[training.validation_indices].ravel()
    averages = training.tokens.averages()[codes]
    written = training.instances.numpy()[training.validation_indices].ravel()
    drawn = averages + 3
    error = 0.0
    for image, index in zip(drawn, written, strict=True):
        target = training.tokens.images[index].astype(float)
        error += ((image - target) ** 2).sum() / drawn.size
    fraction = training.average_digit_error_fraction(drawn)
    assert fraction == pytest.approx(9 / error)


def test_everything_else_is_as_published(trained, classifier, few_digits):
    training, history = trained
    classifier.codes = np.zeros(60, np.uint8)
    published = Text2ImageTrainer(Text2ImageSettings(**TINY), seed=0)
    published.restore(*training.state())
    metrics = training.evaluation(history).metrics
    assert published.evaluation(history).metrics.items() <= metrics.items()


@pytest.mark.parametrize("profile", PROFILES)
def test_each_variant_changes_what_its_name_says_of_the_published_model(profile):
    requested = request.Request(profile=profile)
    (published,) = request.planned(requested, ["text2image"], ["1-1-512"])
    changed = {}
    for planned in request.planned(requested, ["text2image-ablation"]):
        one, two = vars(planned.settings), vars(published.settings)
        changed[planned.key.variant] = {name for name in two if one[name] != two[name]}
        assert planned.needs
    assert changed == {
        "baseline": set(),
        "random-validation": {"validation"},
        "resampled-digits": {"resample_digits"},
        "no-early-stopping-1-1-512": {"stop_patience", "reduce_patience"},
        "no-early-stopping-2-1-512": {"encoder_layers", "stop_patience", "reduce_patience"},
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_unstopped_trains_for_all_epochs_at_one_learning_rate(profile):
    variants = ["no-early-stopping-1-1-512", "no-early-stopping-2-1-512"]
    planned = request.planned(request.Request(profile=profile), ["text2image-ablation"], variants)
    assert len(planned) == len(variants)
    for settings in (each.settings for each in planned):
        assert min(settings.stop_patience, settings.reduce_patience) >= settings.epochs
