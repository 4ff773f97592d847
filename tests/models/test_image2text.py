import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from lib.config.arithmetic import Image2TextSettings
from lib.data.arithmetic import VOCABULARY, arithmetic
from lib.models.arithmetic.augmentation import random_affine
from lib.models.arithmetic.image2text import Image2TextTrainer, build_model
from lib.system import runtime
from lib.training.saving import layer_table

tf = runtime.tf
TINY = {"units": 8, "filters": 4, "query_count": 100, "batch_size": 32, "epochs": 1}
SEEDS = np.array([1, 2], np.int32)


def training_with(**changes):
    return Image2TextTrainer(Image2TextSettings(**{**TINY, **changes}), seed=0)


def table(encoder):
    indices = layer_table(build_model(Image2TextSettings(encoder=encoder)))
    return {row["layer"]: row["parameters"] for row in indices if row["parameters"]}, indices


def test_the_flattening_model_has_the_published_parameters():
    parameters, indices = table("flatten")
    assert parameters == {
        "encoder": 4 * 256 * (784 + 256 + 1),
        "decoder": 525_312,
        "tokens": 3_341,
    }
    assert sum(parameters.values()) == 1_594_637
    assert [row["output_shape"][1:] for row in indices] == [
        *([5, 784], [256], [256], [3, 256], [3, 256], [3, 13])
    ]


def test_the_convlstm_model_has_the_published_parameters():
    parameters, indices = table("convlstm")
    assert parameters == {
        "encoder": 38_144,
        "code": 25_088 * 256 + 256,
        "decoder": 525_312,
        "tokens": 3_341,
    }
    assert [row["output_shape"][1:] for row in indices] == [
        *([28, 28, 32], [25_088], [256], [256], [3, 256], [3, 256], [3, 13])
    ]


@pytest.mark.parametrize(
    ("encoder", "expected"),
    [
        ("flatten", {"encoder": (0, 0), "code": 0.3, "decoder": (0.4, 0.3)}),
        ("convlstm", {"encoder": (0.3, 0.3), "code": 0.3, "decoder": (0.4, 0.3)}),
    ],
)
def test_dropout_has_the_published_rates(encoder, expected):
    layers = build_model(Image2TextSettings(encoder=encoder)).layers
    configs = {layer.name: layer.get_config() for layer in layers}
    (of_code,) = (config["rate"] for config in configs.values() if "rate" in config)
    of_layers = {
        name: (config["dropout"], config["recurrent_dropout"])
        for name, config in configs.items()
        if "recurrent_dropout" in config
    }
    assert {**of_layers, "code": of_code} == expected


def test_the_split_is_scikit_learn_s_of_all_queries(few_digits):
    training = training_with(query_count=20_000)
    train, validation = train_test_split(np.arange(20_000), test_size=0.2, random_state=69)
    assert np.array_equal(training.splits["train"], train)
    assert np.array_equal(training.splits["validation"], validation)


@pytest.mark.parametrize(("twice", "scale"), [(True, 255**2), (False, 255)])
def test_inputs_are_images_of_the_query_s_symbols(few_digits, twice, scale):
    training = training_with(rescale_twice=twice)
    indices = np.arange(0, 20_000, 501)
    shown = training.inputs(indices).numpy()
    assert shown.shape == (40, 5, 28, 28, 1)
    pixels = np.rint(shown[..., 0] * scale).astype(np.uint8)
    assert np.allclose(shown[..., 0] * scale, pixels, atol=1e-3)
    classes = {
        image.tobytes(): label
        for image, label in zip(few_digits.train_images, few_digits.train_labels, strict=True)
    }
    for codes, images in zip(arithmetic().queries[indices], pixels, strict=True):
        for code, image in zip(codes, images, strict=True):
            if code < 10:
                assert classes[image.tobytes()] == code
            else:
                assert image.any() == (VOCABULARY[code] != " ")


def test_training_inputs_are_augmented_only_if_so_set(few_digits):
    indices = np.arange(50)
    for augment in (False, True):
        training = training_with(augment=augment, rescale_twice=False)
        plain = training.inputs(indices).numpy()
        changed = training.training_inputs(indices, SEEDS).numpy()
        assert changed.shape == plain.shape
        assert np.array_equal(changed, plain) != augment
        assert changed.min() >= 0
        assert changed.max() <= 1 + 1e-6


@pytest.mark.parametrize("interpolations", [3, 1])
def test_training_inputs_are_augmented_by_the_published_ranges(few_digits, interpolations):
    training = training_with(interpolations=interpolations)
    images = training.inputs(np.arange(20))
    ranges = {"rotation": 0.05, "zoom": 0.1, "translation": 0.1}
    expected = random_affine(images, SEEDS, **ranges, interpolations=interpolations)
    found = training.training_inputs(np.arange(20), SEEDS).numpy()
    assert np.array_equal(found, expected)
    for name in ranges:
        less = random_affine(images, SEEDS, **{**ranges, name: 0}, interpolations=interpolations)
        assert not np.allclose(found, less, atol=found.max() / 100), name


def test_each_image_of_a_query_is_augmented_on_its_own(few_digits):
    training = training_with(rescale_twice=False)
    training.instances = np.zeros((20_000, 5), np.int32)
    images = training.training_inputs(np.arange(3), SEEDS).numpy().reshape(15, -1)
    assert len({image.tobytes() for image in images}) == 15


def assert_same_outcome(resumed, unbroken, history):
    one, two = resumed.evaluation(history), unbroken.evaluation(history)
    assert one.metrics == two.metrics
    assert one.facts == two.facts


@pytest.mark.parametrize(
    "changes",
    [{"encoder": "flatten"}, {"encoder": "flatten", "augment": False}],
)
def test_a_restored_training_goes_on_with_the_same_bits(few_digits, changes):
    assert_goes_on_alike(changes)


@pytest.mark.slow
def test_a_restored_convlstm_goes_on_with_the_same_bits(few_digits, compiled):
    assert_goes_on_alike({"encoder": "convlstm"})


def assert_goes_on_alike(changes):
    unbroken = training_with(**changes)
    first = unbroken.train_epoch(1, "")
    resumed = training_with(**changes)
    resumed.restore(*unbroken.state())
    history = [first, unbroken.train_epoch(2, "")]
    assert resumed.train_epoch(2, "") == history[1]
    for one, two in zip(resumed.weights(), unbroken.weights(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())
    assert_same_outcome(resumed, unbroken, history)


def test_a_training_restored_after_its_last_epoch_has_the_same_outcome(few_digits):
    unbroken = training_with()
    history = [unbroken.train_epoch(1, "")]
    resumed = training_with()
    resumed.restore(*unbroken.state())
    assert_same_outcome(resumed, unbroken, history)


def test_an_epoch_draws_other_dropout_order_and_augmentation_than_the_one_before(few_digits):
    training = training_with(augment=True)
    first_rows = training.train_indices[:8]
    drawn = []

    def keep(indices, _size, _title, extra):
        dropped = training.model(training.inputs(first_rows), training=True).numpy()
        drawn.append((indices.tobytes(), extra(indices)[0].tobytes(), dropped.tobytes()))
        return {}

    training._steps.epoch = keep  # takes no step, so that the weights stay
    for epoch in (1, 2, 1):
        training.train_epoch(epoch, "")
    first, second, again = drawn
    assert first == again
    assert all(one != other for one, other in zip(first, second, strict=True))
