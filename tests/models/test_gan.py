import dataclasses

import numpy as np
import original_nets
import pytest
from close_weights import assert_trained_alike

from lib.config.faces import GANSettings
from lib.models.faces.batches import shown_latents
from lib.models.faces.gan import GANTrainer
from lib.system import runtime
from lib.system.randomness import stateless_seed

tf, tf_keras = runtime.tf, runtime.tf_keras
SETTINGS = GANSettings(
    filters=4, latent_dim=6, batch_size=8, epochs=1, steps_per_epoch=2, image_count=20
)


@pytest.fixture
def training(few_faces):
    return GANTrainer(SETTINGS, seed=0)


def plain_adam():
    return tf_keras.optimizers.legacy.Adam(2e-4, beta_1=0.5)


@pytest.mark.parametrize("optimizer", ["shared", "separate"])
def test_steps_are_those_of_the_original_s_calls(few_faces, optimizer):
    """Two compiled models of stock layers, trained in turns: with one optimizer object, or two."""
    steps, batch, half = 20, 8, 4
    settings = dataclasses.replace(SETTINGS, steps_per_epoch=steps, optimizer=optimizer)
    training = GANTrainer(settings, seed=0)
    discriminator = tf_keras.Sequential(
        [tf_keras.layers.Input((64, 64, 3)), *original_nets.downsampling(4, 1)]
    )
    generator = tf_keras.Sequential(
        [tf_keras.layers.Input((6,)), *original_nets.upsampling(4, "tanh")]
    )
    theirs = {"discriminator": discriminator, "generator": generator}
    before = {name: model.get_weights() for name, model in training.models.items()}
    for name, model in theirs.items():
        model.set_weights(before[name])
    one = plain_adam()
    discriminator.compile(one, "binary_crossentropy")
    discriminator.trainable = False
    both = tf_keras.Model(generator.inputs, discriminator(generator.output))
    both.compile(one if optimizer == "shared" else plain_adam(), "binary_crossentropy")

    losses = []
    for step in range(steps):
        drawn = tf.random.stateless_normal((half + batch, 6), stateless_seed(0, "latents", 1, step))
        real = training.faces.sampled(half, 1, step) / np.float32(127.5) - 1
        images = tf.concat([real, generator(drawn[:half], training=False)], axis=0)
        labels = tf.concat([tf.ones((half, 1)), tf.zeros((half, 1))], axis=0)
        losses.append(
            (
                discriminator.train_on_batch(images, labels),
                both.train_on_batch(drawn[half:], tf.ones((batch, 1))),
            )
        )
    metrics = training.train_epoch(1, "")

    expected = np.mean(losses, axis=0)
    found = [metrics["discriminator_loss"], metrics["generator_loss"]]
    assert np.allclose(found, expected, rtol=1e-5)
    for name, model in theirs.items():
        assert_trained_alike(training.models[name], model, before[name], 2e-4, steps)


@pytest.mark.parametrize(
    ("held", "moved"), [("generator", "discriminator"), ("discriminator", "generator")]
)
def test_the_step_of_one_net_leaves_the_other_alone(few_faces, held, moved):
    training = GANTrainer(dataclasses.replace(SETTINGS, optimizer="separate"), seed=0)
    training.optimizers[held].learning_rate = 0.0
    before = {name: model.get_weights() for name, model in training.models.items()}
    training.train_epoch(1, "")
    for old, new in zip(before[held], training.models[held].get_weights(), strict=True):
        assert np.array_equal(old, new)
    for old, new in zip(before[moved], training.models[moved].get_weights(), strict=True):
        assert not np.array_equal(old, new)


def test_one_adam_takes_longer_first_updates_than_two(few_faces):
    """By the square root of what the second moment's correction makes of twice as many updates."""
    lengths = {}
    for optimizer in ("shared", "separate"):
        tf_keras.utils.set_random_seed(0)
        training = GANTrainer(
            dataclasses.replace(SETTINGS, steps_per_epoch=1, optimizer=optimizer), seed=0
        )
        before = training.generator.get_weights()
        training.train_epoch(1, "")
        moved = [
            new - old for new, old in zip(training.generator.get_weights(), before, strict=True)
        ]
        lengths[optimizer] = np.median(np.abs(np.concatenate([m.ravel() for m in moved])))
    # The generator's first update is the second of the shared Adam.
    corrected = [np.sqrt(1 - 0.999**t) / (1 - 0.5**t) for t in (2, 1)]
    assert np.isclose(lengths["shared"] / lengths["separate"], corrected[0] / corrected[1], 1e-2)


def test_an_epoch_and_its_evaluation(training):
    history = [training.train_epoch(1, "")]
    evaluation = training.evaluation(history)
    assert evaluation.metrics.items() >= history[-1].items()
    assert evaluation.samples["samples"].shape == (1, 9, 64, 64, 3)
    assert evaluation.samples["interpolation"].shape == (3, 9, 64, 64, 3)


def test_samples_map_minus_one_to_black_and_one_to_white(training):
    """Nothing is clipped: a net without signal, tanh(0), is grey."""
    made = training.generator(shown_latents(0, 6)).numpy()
    training.train_epoch(1, "")
    for bias, shade in ((0.0, 128), (9.0, 255), (-9.0, 0)):
        last = training.generator.layers[-1]
        last.set_weights([np.zeros_like(last.get_weights()[0]), np.full(3, bias)])
        assert np.unique(training.generate(shown_latents(0, 6))) == [shade]
    assert -1 <= made.min() < 0 < made.max() <= 1
