import numpy as np
import pytest

from lib.config.arithmetic import CorrectedImage2TextSettings
from lib.data.arithmetic import arithmetic
from lib.models.arithmetic.image2text_corrected import (
    CorrectedImage2TextTrainer,
    build_model,
    split,
)
from lib.system import runtime

tf = runtime.tf
TINY = {"units": 4, "filters": 2, "query_count": 100, "batch_size": 32, "epochs": 2}
SEEDS = np.array([1, 2], np.int32)


def training_with(seed=0, **changes):
    return CorrectedImage2TextTrainer(CorrectedImage2TextSettings(**{**TINY, **changes}), seed=seed)


def test_no_test_query_is_trained_on(few_digits_and_others):
    splits = split(CorrectedImage2TextSettings(), seed=0)
    assert len(splits["test"]) == 4_000
    assert np.array_equal(np.sort(np.concatenate(list(splits.values()))), np.arange(20_000))
    training = training_with()
    assert not set(training.train_indices) & set(training.splits["test"])


def test_each_seed_tests_on_other_queries():
    first, second = (split(CorrectedImage2TextSettings(), seed)["test"] for seed in (0, 1))
    assert len(np.intersect1d(first, second)) < 1_200


def test_no_test_digit_is_trained_on_and_no_training_digit_tested_on(few_digits_and_others):
    training = training_with()
    count = training.tokens.training_count
    trained = [training.training_instances.numpy()[training.train_indices]]
    for epoch in (1, 2):
        training.train_epoch(epoch, "")
        trained.append(training.training_instances.numpy()[training.train_indices])
    assert np.max(trained) < count
    assert np.mean(trained[1] != trained[2]) > 0.3
    tested = training.instances.numpy()[training.splits["test"]]
    assert tested.min() >= count
    digits = arithmetic().queries[training.splits["test"]] < 10
    assert tested[digits].max() < count + len(few_digits_and_others.test_images)


def test_test_inputs_are_unseen_images_of_the_query_s_digits(few_digits_and_others):
    training = training_with()
    indices = training.splits["test"]
    images = np.rint(training.inputs(indices).numpy()[..., 0] * 255).astype(np.uint8)
    classes = {
        image.tobytes(): label
        for image, label in zip(
            few_digits_and_others.test_images, few_digits_and_others.test_labels, strict=True
        )
    }
    queries = arithmetic().queries[indices]
    for image, code in zip(images.reshape(-1, 28, 28), queries.ravel(), strict=True):
        if code < 10:
            assert classes[image.tobytes()] == code


def test_training_inputs_are_changed_images_and_their_symbols(few_digits_and_others):
    training = training_with()
    indices = training.train_indices[:7]
    images, tokens = training.training_inputs(indices, SEEDS)
    assert images.shape == (7, 5, 28, 28, 1)
    assert images.numpy().min() >= 0
    assert images.numpy().max() <= 1 + 1e-6
    assert not np.array_equal(images, training.inputs(indices))
    assert np.array_equal(tokens, arithmetic().queries[indices])
    unchanged = training_with(rotation=0.0, zoom=0.0, translation=0.0)
    images, _ = unchanged.training_inputs(indices, SEEDS)
    assert np.allclose(images, unchanged.inputs(indices), atol=1e-5)


def test_the_model_gives_an_answer_s_probabilities_and_a_query_s_logits():
    model = build_model(CorrectedImage2TextSettings(**TINY))
    answer, tokens = model(np.zeros((2, 5, 28, 28, 1), np.float32))
    assert answer.shape == (2, 3, 13)
    assert tokens.shape == (2, 5, 13)
    assert np.allclose(np.sum(answer, axis=-1), 1, atol=1e-6)


def test_all_images_of_a_query_are_read_by_one_network():
    model = build_model(CorrectedImage2TextSettings(**TINY))
    image = np.random.default_rng(0).random((1, 1, 28, 28, 1), dtype=np.float32)
    _, tokens = model(np.repeat(image, 5, axis=1))
    assert np.allclose(tokens, tokens[:, :1], atol=1e-6)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_symbols_are_a_target_only_if_so_weighed(few_digits_and_others, weight):
    """With an answer that cannot be improved on, only the tokens' loss has a gradient."""
    training = training_with(token_weight=weight, weight_decay=0.0)
    *_, bias = training.model.trainable_variables
    assert bias.shape == (13,)
    indices = np.zeros(32, np.int32)
    answers = np.full((32, 3), 7, np.uint8)
    bias.assign(np.where(np.arange(13) == 7, 1e3, 0))
    before = [weight.numpy() for weight in training.model.trainable_variables]
    inputs = training.training_inputs(indices, SEEDS)
    metrics = training.train_step(inputs, answers, np.ones(32, np.float32))
    assert float(metrics["loss"]) < 1e-5
    after = [weight.numpy() for weight in training.model.trainable_variables]
    moved = [not np.allclose(old, new) for old, new in zip(before, after, strict=True)]
    assert any(moved) == bool(weight)


@pytest.mark.slow
def test_a_restored_training_goes_on_with_the_same_bits(few_digits_and_others):
    unbroken = training_with()
    history = [unbroken.train_epoch(1, "")]
    arrays, facts = unbroken.state()
    state = {name: array.copy() for name, array in arrays.items()}, dict(facts)
    resumed = training_with(seed=0)
    resumed.restore(*state)
    history.append(unbroken.train_epoch(2, ""))
    assert resumed.train_epoch(2, "") == history[1]
    for one, two in zip(resumed.weights(), unbroken.weights(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())
    one, two = resumed.evaluation(history), unbroken.evaluation(history)
    assert one.metrics == two.metrics
    assert one.facts == two.facts


def test_moving_statistics_are_among_the_weights(few_digits_and_others):
    training = training_with()
    before = [weight.numpy() for weight in training.model.non_trainable_variables]
    assert len(before) == 2 * 3
    training.train_epoch(1, "")
    names = {weight.name for weight in training.weights()}
    for old, variable in zip(before, training.model.non_trainable_variables, strict=True):
        assert variable.name in names
        assert not np.array_equal(old, variable.numpy())
