import numpy as np
import pytest
from close_weights import assert_trained_alike

from lib.config.arithmetic import Text2ImageSettings
from lib.data.arithmetic import arithmetic, decode
from lib.models.arithmetic.text2image import Text2ImageTrainer, build_model, split
from lib.system import runtime
from lib.system.randomness import generator

tf, tf_keras = runtime.tf, runtime.tf_keras
# 80 indices to train on: two whole batches and one of 16.
SETTINGS = {"units": 8, "query_count": 100, "batch_size": 32, "epochs": 3}


def training_with(**changes):
    return Text2ImageTrainer(Text2ImageSettings(**{**SETTINGS, **changes}), seed=0)


@pytest.fixture
def plain():
    """The same model, untrained, in the hands of plain Keras."""
    model = build_model(Text2ImageSettings(**SETTINGS))
    model.compile(tf_keras.optimizers.legacy.Adam(1e-3), "mse", metrics=["mae"])
    return model


@pytest.mark.parametrize(
    ("encoders", "decoders", "units", "parameters"),
    [
        (1, 1, 512, 3_578_640),
        (2, 1, 512, 5_677_840),
        (1, 2, 512, 5_677_840),
        (2, 2, 256, 2_053_904),
        (3, 2, 256, 2_579_216),
    ],
)
def test_parameters_are_the_published_ones(encoders, decoders, units, parameters):
    settings = Text2ImageSettings(encoder_layers=encoders, decoder_layers=decoders, units=units)
    model = build_model(settings)
    assert model.count_params() == parameters
    assert model.output_shape == (None, 3, 784)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["LSTM"] * encoders + ["RepeatVector"] + ["LSTM"] * decoders + ["Dense"]


def test_validation_is_the_last_fifth_in_order_as_published():
    train, validation = split(Text2ImageSettings(), seed=0)
    assert np.array_equal(np.concatenate([train, validation]), np.arange(20_000))
    first = {
        int(query.split("+")[0].split("-")[0]) for query in decode(arithmetic().queries[validation])
    }
    assert first == set(range(80, 100))


def test_validation_may_be_any_fifth():
    train, validation = split(Text2ImageSettings(validation="random"), seed=0)
    assert len(validation) == 4_000
    assert np.array_equal(np.sort(np.concatenate([train, validation])), np.arange(20_000))
    assert not np.array_equal(validation, split(Text2ImageSettings(validation="random"), 1)[1])
    first_operand = validation // 200
    assert set(first_operand) == set(range(100))


def targets_of(training, indices):
    return training.targets(indices, training.instances).numpy()


def test_an_epoch_is_that_of_plain_keras(few_digits, plain):
    training = training_with()
    before = training.model.get_weights()
    plain.set_weights(before)
    metrics = training.train_epoch(1, "")
    indices = generator(0, "shuffle", 1).permutation(training.train_indices)
    values, sizes = [], []
    for start in (0, 32, 64):
        batch = indices[start : start + 32]
        sizes.append(len(batch))
        queries = np.eye(13)[arithmetic().queries[batch]]
        values.append(plain.train_on_batch(queries, targets_of(training, batch)))
    assert np.allclose(
        (metrics["loss"], metrics["mae"]), np.average(values, axis=0, weights=sizes), rtol=1e-4
    )
    assert_trained_alike(training.model, plain, before, 1e-3, steps=3)
    queries = np.eye(13)[arithmetic().queries[training.validation_indices]]
    targets = targets_of(training, training.validation_indices)
    evaluated = plain.evaluate(queries, targets, verbose=0)
    assert np.allclose((metrics["val_loss"], metrics["val_mae"]), evaluated, rtol=1e-4)


def test_targets_are_images_of_the_answer_s_symbols(few_digits):
    training = training_with()
    indices = np.arange(0, 20_000, 501)
    targets = targets_of(training, indices).reshape(-1, 3, 28, 28)
    pixels = np.rint(targets * 255).astype(np.uint8)
    classes = {
        image.tobytes(): label
        for image, label in zip(few_digits.train_images, few_digits.train_labels, strict=True)
    }
    for codes, images in zip(arithmetic().answers[indices], pixels, strict=True):
        for code, image in zip(codes, images, strict=True):
            if code < 10:
                assert classes[image.tobytes()] == code
            else:
                assert image.any() == (code != 12)


def test_the_best_weights_are_kept_and_gone_back_to(few_digits):
    """A rate this large makes the loss jump, so that the last epoch is not the best."""
    changes = {"query_count": 20, "learning_rate": 3.0, "stop_patience": 3, "reduce_patience": 2}
    training = training_with(**changes)
    history, weights = [], []
    while not training.stopped and len(history) < 30:
        history.append(training.train_epoch(len(history) + 1, ""))
        weights.append([weight.copy() for weight in training.model.get_weights()])
    losses = [epoch["val_loss"] for epoch in history]
    best = int(np.argmin(losses))
    assert best < len(history) - 1
    evaluation = training.evaluation(history)
    assert evaluation.facts["best_epoch"] == best + 1
    for kept, expected in zip(training.model.get_weights(), weights[best], strict=True):
        assert np.array_equal(kept, expected)
    assert evaluation.metrics["validation_loss"] == pytest.approx(losses[best], rel=1e-6)


def test_it_reduces_its_learning_rate_and_stops_after_the_published_epochs(few_digits):
    """With steps too small to change a weight, the loss of no epoch is below that of the first."""
    training = training_with(learning_rate=1e-20, minimum_learning_rate=1e-30)
    rates = []
    while not training.stopped and len(rates) < 20:
        rates.append(training.train_epoch(len(rates) + 1, "")["learning_rate"])
    # Patience 3 and 5, counted from the second epoch.
    np.testing.assert_allclose(rates, [1e-20] * 4 + [5e-21] * 2, rtol=1e-6)


def outcome_bytes(training, history):
    evaluation = training.evaluation(history)
    samples = {name: array.tobytes() for name, array in evaluation.samples.items()}
    return evaluation.metrics, evaluation.facts, samples


@pytest.mark.parametrize(
    ("redraw", "broken_after"),
    [
        (False, 1),
        (False, 2),
        (True, 1),
        (True, 2),
    ],
)
def test_a_restored_training_goes_on_with_the_same_bits(few_digits, redraw, broken_after):
    changes = {"resample_digits": redraw, "learning_rate": 1.0, "reduce_patience": 1}
    unbroken, history = training_with(**changes), []
    for epoch in (1, 2):
        history.append(unbroken.train_epoch(epoch, ""))
        if epoch == broken_after:
            arrays, facts = unbroken.state()
            state = {name: array.copy() for name, array in arrays.items()}, dict(facts)
    resumed = training_with(**changes)
    resumed.restore(*state)
    for epoch in range(broken_after + 1, 3):
        assert resumed.train_epoch(epoch, "") == history[epoch - 1]
    for one, two in zip(resumed.weights(), unbroken.weights(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())
    assert outcome_bytes(resumed, history) == outcome_bytes(unbroken, history)


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")
def test_a_loss_that_is_no_number_ends_with_an_outcome(few_digits):
    training = training_with(learning_rate=1e30, stop_patience=1, reduce_patience=0)
    training.model.set_weights([w * np.nan for w in training.model.get_weights()])
    history = [training.train_epoch(1, "")]
    assert np.isnan(training.evaluation(history).metrics["validation_loss"])


def test_examples_are_of_their_part_and_match_their_images(few_digits):
    training = training_with()
    evaluation = training.evaluation([training.train_epoch(1, "")])
    splits = {"validation": training.validation_indices, "training": training.train_indices}
    for part, indices in splits.items():
        samples = [evaluation.samples[f"{part}_{kind}"] for kind in ("predictions", "targets")]
        assert samples[0].shape == samples[1].shape == (len(indices), 3, 28, 28)
        queries, answers = (
            decode(codes[indices]) for codes in (arithmetic().queries, arithmetic().answers)
        )
        known = dict(zip(queries, answers, strict=True))
        for example, images in zip(evaluation.facts["examples"][part], samples[1], strict=True):
            assert known[example["query"]] == example["answer"]
            assert images.any(axis=(1, 2)).sum() == len(example["answer"])


def test_the_original_s_query_is_drawn_and_told_whether_it_was_trained_on(few_digits):
    for count, is_trained_on in ((20_000, True), (100, False)):
        training = training_with(query_count=count, batch_size=8_000)
        evaluation = training.evaluation([training.train_epoch(1, "")])
        assert evaluation.facts["examples"]["shown"] == [{"query": "46+69", "answer": "115"}]
        assert evaluation.samples["shown_targets"].any(axis=(2, 3)).all()
        assert evaluation.samples["shown_predictions"].shape == (1, 3, 28, 28)
        assert evaluation.facts["shown_is_trained_on"] == is_trained_on
