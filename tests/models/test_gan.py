import numpy as np
import pytest
from close_weights import assert_trained_alike

from lib import runtime
from lib.models.faces import shown_latents
from lib.models.gan import GANTraining
from lib.randomness import stateless_seed
from lib.settings import GANSettings

tf, tf_keras = runtime.tf, runtime.tf_keras
SETTINGS = GANSettings(
    filters=4, latent_dim=6, batch_size=8, epochs=1, steps_per_epoch=2, image_count=20
)
SEED = stateless_seed(0, "latents", 1, 0)


@pytest.fixture
def training(few_faces):
    return GANTraining(SETTINGS, seed=0)


def plain_adam():
    return tf_keras.optimizers.legacy.Adam(2e-4, beta_1=0.5)


def test_a_step_is_that_of_two_plain_keras_models(training, few_faces):
    generator, discriminator = (
        tf_keras.models.clone_model(training.models[name])
        for name in ("generator", "discriminator")
    )
    before = {name: model.get_weights() for name, model in training.models.items()}
    generator.set_weights(before["generator"])
    discriminator.set_weights(before["discriminator"])
    latents = tf.random.stateless_normal((12, 6), SEED).numpy()
    images = np.concatenate([few_faces[:4] / 127.5 - 1, generator(latents[:4]).numpy()])
    labels = np.array([1.0] * 4 + [0.0] * 4)[:, None]
    discriminator.compile(plain_adam(), "binary_crossentropy")
    discriminator_loss = discriminator.train_on_batch(images.astype(np.float32), labels)
    discriminator.trainable = False
    both = tf_keras.Sequential([generator, discriminator])
    both.compile(plain_adam(), "binary_crossentropy")
    generator_loss = both.train_on_batch(latents[4:], np.ones((8, 1)))

    metrics = training._update(few_faces[:4], SEED)
    assert np.isclose(metrics["discriminator_loss"], discriminator_loss, rtol=1e-5)
    assert np.isclose(metrics["generator_loss"], generator_loss, rtol=1e-5)
    assert_trained_alike(training.generator, generator, before["generator"], 2e-4)
    assert_trained_alike(training.discriminator, discriminator, before["discriminator"], 2e-4)


@pytest.mark.parametrize(
    ("held", "moved"), [("generator", "discriminator"), ("discriminator", "generator")]
)
def test_the_step_of_one_net_leaves_the_other_alone(training, few_faces, held, moved):
    training.optimizers[held].learning_rate = 0.0
    before = {name: model.get_weights() for name, model in training.models.items()}
    training._update(few_faces[:4], SEED)
    for old, new in zip(before[held], training.models[held].get_weights(), strict=True):
        assert np.array_equal(old, new)
    for old, new in zip(before[moved], training.models[moved].get_weights(), strict=True):
        assert not np.array_equal(old, new)


def test_an_epoch_and_its_outcome(training):
    history = [training.train_epoch(1, "")]
    outcome = training.outcome(history)
    assert outcome.metrics.items() >= history[-1].items()
    assert outcome.samples["samples"].shape == (1, 9, 64, 64, 3)
    assert outcome.samples["interpolation"].shape == (3, 9, 64, 64, 3)
    assert training.optimizers["generator"].iterations == SETTINGS.steps_per_epoch
    assert training.optimizers["discriminator"].iterations == SETTINGS.steps_per_epoch


def test_samples_map_minus_one_to_black_and_one_to_white(training):
    """Nothing is clipped: a net without signal, tanh(0), is grey."""
    made = training.generator(shown_latents(0, 6)).numpy()
    training.train_epoch(1, "")
    for bias, shade in ((0.0, 128), (9.0, 255), (-9.0, 0)):
        last = training.generator.layers[-1]
        last.set_weights([np.zeros_like(last.get_weights()[0]), np.full(3, bias)])
        assert np.unique(training._generate(shown_latents(0, 6))) == [shade]
    assert -1 <= made.min() < 0 < made.max() <= 1
