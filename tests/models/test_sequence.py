import numpy as np
import pytest
from close_weights import assert_trained_alike

from lib.config.arithmetic import Text2TextSettings
from lib.data.arithmetic import arithmetic, decode
from lib.models.arithmetic.sequence import weighted_mean
from lib.models.arithmetic.text2text import Text2TextTrainer, build_model
from lib.system import runtime
from lib.system.randomness import generator
from lib.training.epochs import padded_batches

tf, tf_keras = runtime.tf, runtime.tf_keras
# 95 indices of which 85 are trained on: two whole batches and one of 21.
SETTINGS = Text2TextSettings(units=8, query_count=100, batch_size=32, epochs=1)


@pytest.fixture(scope="module")
def trained():
    """A model after an epoch, the metrics of the epoch, and the weights before it."""
    training = Text2TextTrainer(SETTINGS, seed=0)
    before = training.model.get_weights()
    return training, training.train_epoch(1, ""), before


def test_weighted_mean_over_padded_batches_is_the_mean_without_padding():
    values = np.random.default_rng(0).standard_normal((85, 3, 4)).astype(np.float32)
    for k, (batch, weights) in enumerate(padded_batches(np.arange(85), 32)):
        plain = values[32 * k : 32 * (k + 1)].mean()
        assert np.isclose(weighted_mean(values[batch], weights), plain, atol=1e-6)


def test_after_an_epoch_the_validation_queries_are_evaluated(trained):
    training, metrics, _ = trained
    for name, value in training.evaluate(training.splits["validation"]).items():
        assert metrics[f"val_{name}"] == value
    assert metrics["val_loss"] != training.evaluate(training.splits["train"])["loss"]


def test_another_seed_has_another_order_and_other_weights_even_from_equal_ones():
    one, other = (Text2TextTrainer(SETTINGS, seed=seed) for seed in (0, 1))
    other.splits, other.train_indices = one.splits, one.train_indices
    other.model.set_weights(one.model.get_weights())
    assert one.train_epoch(1, "")["loss"] != other.train_epoch(1, "")["loss"]


@pytest.mark.slow
def test_a_compiled_epoch_is_that_of_plain_keras(compiled):
    training = Text2TextTrainer(SETTINGS, seed=0)
    before = training.model.get_weights()
    assert_epoch_of_plain_keras(training, training.train_epoch(1, ""), before)


def test_an_epoch_is_that_of_plain_keras(trained):
    assert_epoch_of_plain_keras(*trained)


def assert_epoch_of_plain_keras(training, metrics, before):
    plain = build_model(8)
    plain.set_weights(before)
    plain.compile(
        tf_keras.optimizers.legacy.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"]
    )
    indices = generator(0, "shuffle", 1).permutation(training.splits["train"])
    values, sizes = [], []
    for start in (0, 32, 64):
        batch = indices[start : start + 32]
        sizes.append(len(batch))
        queries, answers = (
            np.eye(13)[arithmetic().queries[batch]],
            np.eye(13)[arithmetic().answers[batch]],
        )
        values.append(plain.train_on_batch(queries, answers))
    means = np.average(values, axis=0, weights=sizes)
    assert np.isclose(metrics["loss"], means[0], rtol=1e-4)
    assert np.isclose(metrics["accuracy"], means[1], atol=3 / (3 * 85))  # near-ties may be broken
    assert_trained_alike(training.model, plain, before, 1e-3, steps=3)


def test_padding_does_not_touch_a_step():
    """The same indices, once in a batch of their number and once padded to 32."""
    trainings = [Text2TextTrainer(SETTINGS, seed=0) for _ in range(2)]
    trainings[1].restore(trainings[0].state()[0], {})
    before = trainings[0].model.get_weights()
    indices = np.arange(0, 20_000, 1_000)
    metrics = []
    for training, size in zip(trainings, (20, 32), strict=True):
        ((batch, weights),) = padded_batches(indices, size)
        answers = arithmetic().answers[batch]
        metrics.append(training.train_step(training.inputs(batch), answers, weights))
    for name in ("loss", "accuracy", "exact_match"):
        assert np.isclose(metrics[0][name], metrics[1][name], atol=1e-6)
    assert_trained_alike(trainings[0].model, trainings[1].model, before, 1e-3)


def test_evaluation_is_that_of_plain_keras(trained):
    training, _, _ = trained
    indices = np.arange(0, 20_000, 27)
    plain = build_model(8)
    plain.set_weights(training.model.get_weights())
    plain.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    queries, answers = (
        np.eye(13)[arithmetic().queries[indices]],
        np.eye(13)[arithmetic().answers[indices]],
    )
    loss, accuracy = plain.evaluate(queries, answers, batch_size=len(indices), verbose=0)
    found = training.evaluate(indices)
    assert np.isclose(found["loss"], loss, rtol=1e-4)
    assert np.isclose(found["accuracy"], accuracy, atol=3 / (3 * len(indices)))  # as above


def test_exact_match_counts_whole_answers(trained, monkeypatch):
    training, _, _ = trained
    indices = np.array([0, 5, 19_999])
    answers = arithmetic().answers[indices].copy()
    assert decode(answers) == ["0", "-2", "0"]
    answers[1, 2] = 0
    answers[2] = 1
    monkeypatch.setattr(training, "_predicted", lambda indices: (np.zeros((3, 3)), answers))
    found = training.evaluate(indices)
    assert found["exact_match"] == pytest.approx(1 / 3)
    assert found["accuracy"] == pytest.approx(5 / 9)


def test_mistakes_are_wrong_answers_of_the_rows_given(trained):
    training, _, _ = trained
    indices = training.splits["test"]
    mistakes = training.mistakes(indices)
    assert mistakes == training.mistakes(indices)
    right = dict(
        zip(
            decode(arithmetic().queries[indices]),
            decode(arithmetic().answers[indices]),
            strict=True,
        )
    )
    assert 0 < len(mistakes) <= 12
    for mistake in mistakes:
        assert right[mistake["query"]] == mistake["answer"] != mistake["predicted"]


def test_a_restored_training_goes_on_with_the_same_bits(trained):
    training, _, _ = trained
    other = Text2TextTrainer(SETTINGS, seed=0)
    other.restore(*training.state())
    assert other.train_epoch(2, "") == training.train_epoch(2, "")
    for one, two in zip(other.weights(), training.weights(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())
