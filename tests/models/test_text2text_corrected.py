import dataclasses

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from lib.config.arithmetic import CorrectedText2TextSettings
from lib.config.base import replaced
from lib.config.experiments import experiments
from lib.data.arithmetic import arithmetic, decode, exchanged_indices, fact_families
from lib.models.arithmetic.text2text_corrected import CorrectedText2TextTrainer, build_model, split
from lib.system import runtime
from lib.system.errors import UserError

tf_keras = runtime.tf_keras
SETTINGS = CorrectedText2TextSettings(
    units=4, query_count=100, train_fraction=0.2, epochs=4, derive="exchanged"
)
VARIANTS = experiments()["text2text_corrected"].variants


def settings_of(variant):
    changes = dict(VARIANTS[variant])
    return replaced(experiments()["text2text_corrected"].settings, changes)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_query_is_either_trained_or_tested_on(variant, seed):
    settings = settings_of(variant)
    splits = split(settings, seed)
    assert len(splits["train"]) == round(settings.train_fraction * 20_000)
    assert not set(splits["train"]) & set(splits["test"])
    assert set(splits["train"]) | set(splits["test"]) == set(range(20_000))


def test_a_share_from_which_every_other_query_follows_is_refused():
    settings = replaced(experiments()["text2text_corrected"].settings, {"train_fraction": 0.99})
    with pytest.raises(UserError, match=r"TRAIN_FRACTION=0\.99"):
        split(settings, seed=0)


def test_seed_0_trains_on_the_original_s_split_and_others_on_other_queries():
    original, _ = train_test_split(np.arange(20_000), train_size=0.05, random_state=42)
    first, second = (split(settings_of("train-05"), seed)["train"] for seed in (0, 1))
    assert np.array_equal(first, original)
    assert len(np.intersect1d(first, second)) < 100


@pytest.mark.parametrize("variant", VARIANTS)
def test_all_that_is_trained_on_follows_from_training_queries_alone(variant):
    training = CorrectedText2TextTrainer(dataclasses.replace(settings_of(variant), units=2), seed=0)
    given, used = training.splits["train"], training.train_indices
    expected = {
        "nothing": given,
        "exchanged": np.concatenate([given, exchanged_indices(given)]),
        "families": fact_families(given),
    }
    assert sorted(used) == sorted(set(expected[training.settings.derive]))
    not_derivable = set(training.splits["test_not_derivable"])
    assert not_derivable == set(training.splits["test"]) - set(fact_families(given))
    assert not not_derivable & set(used)


def test_aligned_inputs_hold_both_numbers_and_the_operator_of_each_query():
    training = CorrectedText2TextTrainer(SETTINGS, seed=0)
    inputs = training.inputs(np.arange(20_000)).numpy().reshape(20_000, 3, 3, 13)
    assert (inputs.sum(axis=-1) == 1).all()
    tokens = inputs.argmax(axis=-1)
    first, second = (tokens[..., k] @ [100, 10, 1] for k in (0, 1))
    operators = np.array(list("0123456789+- "))[tokens[:, 0, 2]]
    assert (tokens[..., 2] == tokens[:, :1, 2]).all()
    queries = [f"{i}{sign}{j}" for i, sign, j in zip(first, operators, second, strict=True)]
    assert queries == decode(arithmetic().queries)


def test_unaligned_inputs_and_answers_are_the_published_ones():
    training = CorrectedText2TextTrainer(dataclasses.replace(SETTINGS, align=False), seed=0)
    inputs = training.inputs(np.arange(20_000)).numpy()
    assert np.array_equal(inputs, np.eye(13)[arithmetic().queries])
    assert np.array_equal(training.answer_codes, arithmetic().answers)


@pytest.mark.parametrize(("aligned", "shape"), [(True, (3, 39)), (False, (5, 13))])
def test_outputs_are_probabilities(aligned, shape):
    outputs = build_model(4, aligned)(np.random.default_rng(0).random((6, *shape))).numpy()
    assert outputs.shape == (6, 3, 13)
    assert np.allclose(outputs.sum(axis=-1), 1, atol=1e-6)


def test_the_rate_falls_as_a_cosine_to_zero():
    training = CorrectedText2TextTrainer(SETTINGS, seed=0)
    schedule = training.optimizers["model"]._learning_rate
    steps = SETTINGS.epochs * -(-len(training.train_indices) // SETTINGS.batch_size)
    for progress, rate in ((0, 1), (1 / 2, 1 / 2), (1, 0)):
        assert np.isclose(schedule(progress * steps), rate * SETTINGS.learning_rate, atol=1e-9)


def test_a_step_is_that_of_adamw_by_its_paper():
    """Algorithm 2 of Loshchilov and Hutter, the decay scaled by the rate, written out."""
    training = CorrectedText2TextTrainer(SETTINGS, seed=0)
    model, optimizer = training.model, training.optimizers["model"]
    indices = training.train_indices
    before = [variable.numpy().astype(np.float64) for variable in model.trainable_variables]
    with runtime.tf.GradientTape() as tape:
        losses = tf_keras.losses.sparse_categorical_crossentropy(
            training.answer_codes[indices], model(training.inputs(indices))
        )
        loss = runtime.tf.reduce_mean(losses)
    gradients = [each.numpy() for each in tape.gradient(loss, model.trainable_variables)]
    answers = training.answer_codes[indices]
    training.train_step(training.inputs(indices), answers, np.ones(len(indices), np.float32))
    rate, epsilon = SETTINGS.learning_rate, optimizer.epsilon
    for old, gradient, new in zip(before, gradients, model.trainable_variables, strict=True):
        # After one step the bias-corrected moments are the gradient and its square.
        moved = rate * gradient / (np.abs(gradient) + epsilon / np.sqrt(1 - optimizer.beta_2))
        expected = old - rate * SETTINGS.weight_decay * old - moved
        certain = np.abs(gradient) > 1e-5
        assert np.allclose(new.numpy()[certain], expected[certain], atol=1e-5)


def test_a_restored_training_goes_on_with_the_same_bits():
    training, other = (CorrectedText2TextTrainer(SETTINGS, seed=0) for _ in range(2))
    training.train_epoch(1, "")
    other.restore(*training.state())
    assert other.train_epoch(2, "") == training.train_epoch(2, "")
    for one, two in zip(other.weights(), training.weights(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())


def test_the_outcome_tells_all_parts_and_mistakes_of_the_underived():
    training = CorrectedText2TextTrainer(SETTINGS, seed=0)
    evaluation = training.evaluation([])
    for part in ("train", "test", "test_not_derivable"):
        assert 0 <= evaluation.metrics[f"{part}_exact_match"] <= 1
    queries = decode(arithmetic().queries[training.splits["test_not_derivable"]])
    assert {mistake["query"] for mistake in evaluation.facts["mistakes"]} <= set(queries)
