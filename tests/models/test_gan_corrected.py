import numpy as np
import pytest

from lib.config.faces import CorrectedGANSettings
from lib.models.faces.gan_corrected import CorrectedGANTrainer, build_discriminator
from lib.system import runtime
from lib.system.randomness import stateless_seed

tf, tf_keras = runtime.tf, runtime.tf_keras
SETTINGS = CorrectedGANSettings(
    filters=8, latent_dim=6, batch_size=4, epochs=1, steps_per_epoch=2, image_count=20
)
SEED = stateless_seed(0, "latents", 1, 0)


@pytest.fixture
def training(few_faces):
    return CorrectedGANTrainer(SETTINGS, seed=0)


def test_a_step_has_the_losses_written_out(training, few_faces):
    latents = tf.random.stateless_normal((8, 6), SEED)
    real = (few_faces[:4] / 127.5 - 1).astype(np.float32)
    made = training.generator(latents[:4]).numpy()
    other = tf_keras.models.clone_model(training.discriminator)
    other.set_weights(training.discriminator.get_weights())
    verdicts = other(np.concatenate([real, made]), training=True).numpy()
    expected = np.maximum(0, 1 - verdicts[:4]).mean() + np.maximum(0, 1 + verdicts[4:]).mean()
    training.optimizers["discriminator"].learning_rate = 0.0
    metrics = training.train_step(few_faces[:4], SEED)
    assert np.isclose(metrics["discriminator_loss"], expected, rtol=1e-5)


@pytest.mark.slow
def test_the_discriminator_s_layers_have_a_spectral_norm_of_one():
    discriminator = build_discriminator(8)
    images = np.zeros((1, 64, 64, 3), np.float32)
    for _ in range(200):
        discriminator(images, training=True)
    kernels = [weight for weight in discriminator.trainable_weights if "kernel" in weight.name]
    assert len(kernels) == 5
    for kernel in kernels:
        matrix = kernel.numpy().reshape(-1, kernel.shape[-1])
        assert np.isclose(np.linalg.norm(matrix, 2), 1, rtol=1e-3)


def test_the_average_follows_the_generator(few_faces):
    training = CorrectedGANTrainer(SETTINGS, seed=0)
    expected = [weight.astype(np.float64) for weight in training.generator.get_weights()]
    for step in (1, 2, 3):
        training.train_step(few_faces[:4], stateless_seed(0, "latents", 1, step))
        kept = (1 + step) / (10 + step)
        current = training.generator.get_weights()
        expected = [kept * e + (1 - kept) * c for e, c in zip(expected, current, strict=True)]
    for found, wanted in zip(training.sampler.get_weights(), expected, strict=True):
        assert np.allclose(found, wanted, atol=1e-6)


@pytest.mark.slow
def test_a_restored_training_goes_on_as_if_unbroken(few_faces):
    unbroken, resumed = (CorrectedGANTrainer(SETTINGS, seed=0) for _ in range(2))
    unbroken.train_epoch(1, "")
    arrays, facts = unbroken.state()
    resumed.restore(dict(arrays), facts)
    for training in (unbroken, resumed):
        training.train_epoch(2, "")
    for found, wanted in zip(resumed.weights(), unbroken.weights(), strict=True):
        assert np.array_equal(found.numpy(), wanted.numpy()), wanted.name
    assert np.array_equal(resumed.arrays["samples"], unbroken.arrays["samples"])


def test_an_epoch_and_its_evaluation(training):
    history = [training.train_epoch(1, "")]
    evaluation = training.evaluation(history)
    # What is measured after the last epoch is in the evaluation.
    for name in ("samples_swd", "samples_recall", "samples_sharpness"):
        assert evaluation.metrics[name] == history[0][name]
    assert evaluation.samples["samples"].shape == (1, 9, 64, 64, 3)
    assert evaluation.samples["interpolation"].shape == (3, 9, 64, 64, 3)
