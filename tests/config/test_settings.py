import dataclasses
import importlib.util

import pytest

from lib.config import base
from lib.config.arithmetic import Image2TextSettings, Text2ImageSettings, Text2TextSettings
from lib.config.experiments import experiments
from lib.config.faces import CAESettings, GANSettings, VAESettings
from lib.system.errors import UserError

ALL = {
    CAESettings: {},
    VAESettings: {"latent_dim": 32},
    GANSettings: {"latent_dim": 64},
    Text2TextSettings: {},
    Image2TextSettings: {},
    Text2ImageSettings: {},
}
PUBLISHED = {
    CAESettings: {
        "filters": 128,
        "latent_dim": 512,
        "batch_size": 64,
        "epochs": 50,
        "learning_rate": 1e-3,
        "image_count": 20_000,
    },
    VAESettings: {
        "filters": 64,
        "batch_size": 8,
        "epochs": 50,
        "learning_rate": 1e-3,
        "image_count": 20_000,
        "kl": "none",
        "sample_scale": 1 / 6,
    },
    GANSettings: {
        "filters": 128,
        "batch_size": 64,
        "epochs": 50,
        "steps_per_epoch": 312,
        "learning_rate": 2e-4,
        "adam_beta_1": 0.5,
        "optimizer": "shared",
        "image_count": 20_000,
    },
    Text2TextSettings: {
        "units": 256,
        "batch_size": 32,
        "epochs": 100,
        "learning_rate": 1e-3,
        "query_count": 20_000,
        "validation_fraction": 0.1,
        "split_seed": 42,
    },
    Image2TextSettings: {
        "units": 256,
        "filters": 32,
        "batch_size": 64,
        "epochs": 100,
        "validation_fraction": 0.2,
        "split_seed": 69,
        "rotation": 0.05,
        "zoom": 0.1,
        "translation": 0.1,
        "augment": True,
        "interpolations": 3,
        "rescale_twice": True,
    },
    Text2ImageSettings: {
        "units": 512,
        "batch_size": 128,
        "epochs": 20,
        "learning_rate": 1e-3,
        "validation_fraction": 0.2,
        "validation": "last",
        "stop_patience": 5,
        "reduce_patience": 3,
        "reduce_factor": 0.5,
        "minimum_learning_rate": 1e-6,
    },
}


def made(kind):
    return kind(**ALL[kind])


@pytest.mark.parametrize("kind", ALL)
def test_defaults_are_the_published_values(kind):
    values = dataclasses.asdict(made(kind))
    assert {name: values[name] for name in PUBLISHED[kind]} == PUBLISHED[kind]


@pytest.mark.parametrize("name", experiments())
def test_every_default_is_itself_a_valid_value(name):
    default = experiments()[name].settings
    values = dataclasses.asdict(default)
    assert base.replaced(default, values) == default
    texts = {name: str(value) for name, value in values.items()}
    assert base.replaced(default, texts) == default


@pytest.mark.parametrize("name", experiments())
def test_the_trainer_is_in_a_module_that_exists(name):
    module, _, name = experiments()[name].settings.trainer.partition(":")
    source = importlib.util.find_spec(module).loader.get_data
    path = importlib.util.find_spec(module).origin
    assert f"class {name}(" in source(path).decode()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "3", 3),
        ("learning_rate", "2e-3", 0.002),
        ("validation", "random", "random"),
        ("resample_digits", "true", True),
        ("resample_digits", "True", True),
        ("resample_digits", "1", True),
        ("resample_digits", "0", False),
        ("resample_digits", "false", False),
        ("stop_patience", "0", 0),
        ("validation_fraction", "0.5", 0.5),
    ],
)
def test_texts_become_values_of_the_setting_s_type(name, text, value):
    changed = getattr(base.replaced(Text2ImageSettings(), {name: text}), name)
    assert changed == value
    assert type(changed) is type(value)


def test_what_is_not_changed_stays():
    changed = base.replaced(Text2ImageSettings(), {"epochs": "3"})
    assert dataclasses.replace(changed, epochs=20) == Text2ImageSettings()


@pytest.mark.parametrize(
    ("name", "setting", "least"),
    [
        ("gan_64", "batch_size", 2),
        ("gan_corrected", "filters", 4),
        ("vae_corrected", "filters", 4),
        ("text2image_corrected", "filters", 2),
        ("text2image_corrected", "discriminator_filters", 2),
    ],
)
def test_what_would_leave_a_layer_or_a_batch_empty_is_refused(name, setting, least):
    own = experiments()[name].settings
    assert getattr(base.replaced(own, {setting: str(least)}), setting) == least
    with pytest.raises(UserError, match=f"expected at least {least}"):
        base.replaced(own, {setting: str(least - 1)})


def test_a_seed_of_zero_is_a_seed():
    assert base.replaced(Text2TextSettings(), {"split_seed": "0"}).split_seed == 0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("epochs", "-1", "EPOCHS=-1: expected a positive number"),
        ("epochs", "0", "EPOCHS=0: expected a positive number"),
        ("epochs", "1.5", r"EPOCHS=1\.5: expected a whole number"),
        ("epochs", "many", "EPOCHS=many: expected a whole number"),
        ("epochs", "", "EPOCHS=: expected a whole number"),
        ("epochs", "nan", "EPOCHS=nan: expected a whole number"),
        ("learning_rate", "nan", "LEARNING_RATE=nan: expected a positive number"),
        ("learning_rate", "inf", "LEARNING_RATE=inf: expected a positive number"),
        ("learning_rate", "-inf", "LEARNING_RATE=-inf: expected a positive number"),
        ("learning_rate", "1e999", "LEARNING_RATE=1e999: expected a positive number"),
        ("learning_rate", "0", "LEARNING_RATE=0: expected a positive number"),
        ("learning_rate", "fast", "LEARNING_RATE=fast: expected a number"),
        ("stop_patience", "-1", "STOP_PATIENCE=-1: expected 0 or more"),
        ("validation_fraction", "1", "VALIDATION_FRACTION=1: expected a number below 1"),
        ("validation_fraction", "1.5", r"VALIDATION_FRACTION=1\.5: expected a number below 1"),
        ("reduce_factor", "3", "REDUCE_FACTOR=3: expected a number below 1"),
        ("validation_fraction", "0", "VALIDATION_FRACTION=0: expected a positive number"),
        ("validation", "first", "VALIDATION=first: choose one of last, random"),
        ("resample_digits", "maybe", "RESAMPLE_DIGITS=maybe: choose true or false"),
        ("epoch", "3", "unknown setting epoch; known here: epochs, batch_size, learning_rate, "),
    ],
)
def test_a_bad_value_is_refused_with_what_is_valid(name, text, message):
    with pytest.raises(UserError, match=message) as refused:
        base.replaced(Text2ImageSettings(), {name: text})
    assert "\n" not in str(refused.value)
