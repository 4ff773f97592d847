from pathlib import Path

import numpy as np
import pytest

from lib.config.arithmetic import CorrectedText2ImageSettings
from lib.data.arithmetic import aligned_answers, arithmetic, decode
from lib.models.arithmetic import digit_classifier
from lib.models.arithmetic.text2image_corrected import CorrectedText2ImageTrainer, split
from lib.system import runtime

tf = runtime.tf
TINY = {
    **{"units": 4, "filters": 4, "discriminator_filters": 2, "style_dim": 3},
    **{"query_count": 100, "batch_size": 32, "epochs": 2},
}


def training_with(seed=0, **changes):
    training = CorrectedText2ImageTrainer(
        CorrectedText2ImageSettings(**{**TINY, **changes}), seed=seed
    )
    training.needed = {"digit_classifier": Path("the classifier's run")}
    return training


def always_answer_with_ones(training):
    """An untrained answer predictor may answer with padding, which look alike in every style."""
    tokens = np.zeros(13, np.float32)
    tokens[1] = 1
    training.answer_predictor = lambda queries, training: tf.tile([[tokens]], (len(queries), 3, 1))


@pytest.fixture
def classifier(monkeypatch):
    """A classifier that takes everything for a seven, and keeps what it is shown."""

    class Reader:
        def classify(self, images):
            self.shown = images
            return np.full(len(images), 7, np.uint8)

    always = Reader()
    monkeypatch.setattr(digit_classifier, "load", lambda folder: always)
    return always


def test_no_test_query_is_trained_on():
    train, test = split(CorrectedText2ImageSettings(), seed=0)
    assert len(test) == 4_000
    assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(20_000))
    assert not np.array_equal(test, split(CorrectedText2ImageSettings(), seed=1)[1])


def test_only_images_of_the_training_part_are_shown(few_digits_and_others):
    training = training_with()
    shown = {image.tobytes() for image in training.images.numpy()}
    assert not shown & {image.tobytes() for image in few_digits_and_others.test_images}
    assert shown >= {image.tobytes() for image in few_digits_and_others.train_images}


def test_images_shown_are_of_the_answers_symbols_about_equally_often_and_never_blank(few_digits):
    training = training_with(query_count=20_000)
    random = np.random.default_rng(0)
    classes = np.full(len(training.tokens.images), 11)
    classes[: len(few_digits.train_labels)] = few_digits.train_labels
    counts = np.zeros(13, int)
    for _ in range(200):
        indices = random.choice(training.train_indices, 64, replace=False)
        places, real, seed = training.sample_tokens(indices, random)
        codes = aligned_answers()[indices].ravel()[places]
        assert len(set(places)) == 64
        assert np.array_equal(classes[real], codes)
        assert seed.shape == (2,)
        counts += np.bincount(codes, minlength=13)
    assert counts[12] == counts[10] == 0
    used = counts[[*range(10), 11]]
    assert used.max() < 2 * used.min()


def test_an_epoch_trains_every_network_and_an_average_without_memory_is_the_last(few_digits):
    training = training_with(average_decay=0.0)
    before = {
        name: [weight.numpy() for weight in model.trainable_variables]
        for name, model in training.models.items()
    }
    training.train_epoch(1, "")
    for name, weights in before.items():
        after = [weight.numpy() for weight in training.models[name].trainable_variables]
        moved = [not np.array_equal(old, new) for old, new in zip(weights, after, strict=True)]
        assert np.mean(moved) > 0.8, name
    averaged, last = training.average.get_weights(), training.generator.get_weights()
    assert all(np.array_equal(*pair) for pair in zip(averaged, last, strict=True))


def test_classified_answers_are_compared_with_the_answers(few_digits_and_others, classifier):
    training = training_with()
    history = [training.train_epoch(1, "")]
    evaluation = training.evaluation(history)
    answers = arithmetic().answers[training.test_indices]
    assert evaluation.metrics["test_classified_accuracy"] == pytest.approx(np.mean(answers == 7))
    assert evaluation.metrics["test_classified_exact_match"] == 0
    assert classifier.shown.shape == (60, 28, 28)
    assert classifier.shown.dtype == np.uint8


def test_the_same_answers_are_shown_in_ten_styles(few_digits_and_others, classifier):
    training = training_with()
    history = [training.train_epoch(1, "")]
    always_answer_with_ones(training)
    evaluation = training.evaluation(history)
    shown = evaluation.samples["styles"]
    assert shown.shape == (8, 10, 3, 28, 28)
    assert shown.dtype == np.uint8
    assert len({each.tobytes() for each in shown[0]}) == 10
    tested = set(decode(arithmetic().queries[training.test_indices]))
    right = dict(zip(decode(arithmetic().queries), decode(arithmetic().answers), strict=True))
    for example in evaluation.facts["examples"]:
        assert example["query"] in tested
        assert right[example["query"]] == example["answer"]


def test_a_style_is_shared_by_an_answer_s_images(few_digits):
    training = training_with()
    indices = np.flatnonzero([answer == "111" for answer in decode(arithmetic().answers)])[:2]
    always_answer_with_ones(training)
    images, codes = training.generate(indices, np.float32([[0, 1, 2], [2, 1, 0]]))
    assert np.array_equal(codes, np.ones((2, 3)))
    for answer in images:
        assert np.array_equal(answer[0], answer[1])
        assert np.array_equal(answer[0], answer[2])
    assert not np.array_equal(images[0], images[1])


def test_styles_drawn_with_are_scaled(few_digits):
    indices = np.arange(2)
    for scale, styles_shown in ((1.0, 10), (1e-9, 1)):
        training = training_with(truncation=scale)
        always_answer_with_ones(training)
        drawn = training.in_shown_styles(indices)
        assert len({instances.tobytes() for instances in drawn[0]}) == styles_shown


@pytest.mark.slow
def test_a_restored_training_goes_on_with_the_same_bits(few_digits_and_others, classifier):
    unbroken = training_with()
    history = [unbroken.train_epoch(1, "")]
    arrays, facts = unbroken.state()
    state = {name: array.copy() for name, array in arrays.items()}, dict(facts)
    resumed = training_with()
    resumed.restore(*state)
    history.append(unbroken.train_epoch(2, ""))
    assert resumed.train_epoch(2, "") == history[1]
    for one, two in zip(resumed.weights(), unbroken.weights(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())
    one, two = resumed.evaluation(history), unbroken.evaluation(history)
    assert one.metrics == two.metrics
    assert np.array_equal(one.samples["styles"], two.samples["styles"])
