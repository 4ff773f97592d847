import numpy as np
from close_weights import assert_trained_alike

from lib.config.faces import CAESettings
from lib.models.faces.autoencoder import CAETrainer
from lib.models.faces.blocks import reconstruction_loss
from lib.system import runtime

tf, tf_keras = runtime.tf, runtime.tf_keras
SETTINGS = CAESettings(filters=4, latent_dim=6, batch_size=8, epochs=1, image_count=20)


def cross_entropy(images, reconstructions):
    """The definition, in float64."""
    x, p = images.astype(np.float64), reconstructions.astype(np.float64)
    return -np.mean(x * np.log(p) + (1 - x) * np.log1p(-p))


def test_reconstruction_loss_is_the_mean_cross_entropy_in_nats():
    random = np.random.default_rng(0)
    images, made = random.uniform(0.01, 0.99, (2, 5, 64, 64, 3)).astype(np.float32)
    assert np.isclose(reconstruction_loss(images, made), cross_entropy(images, made), rtol=1e-5)
    half = np.full_like(images, 0.5)
    assert np.isclose(reconstruction_loss(images, half), np.log(2), rtol=1e-5)


def test_a_step_is_that_of_plain_keras(few_faces):
    training = CAETrainer(SETTINGS, seed=0)
    model = training.models["cae"]
    plain = tf_keras.models.clone_model(model)
    before = model.get_weights()
    plain.set_weights(before)
    plain.compile(tf_keras.optimizers.legacy.Adam(1e-3), "binary_crossentropy")
    images = few_faces[:8].astype(np.float32) / 255
    expected = cross_entropy(images, model(images).numpy())
    metrics = training.train_step(few_faces[:8])
    assert np.isclose(metrics["loss"], expected, rtol=1e-5)
    assert np.isclose(plain.train_on_batch(images, images), expected, rtol=1e-5)
    assert_trained_alike(model, plain, before, 1e-3)


def test_an_epoch_and_its_evaluation(few_faces):
    training = CAETrainer(SETTINGS, seed=0)
    metrics = training.train_epoch(1, "")
    evaluation = training.evaluation([metrics])
    assert evaluation.metrics["loss"] == metrics["loss"]
    assert np.array_equal(evaluation.samples["originals"], few_faces[:9])
    made = training.models["cae"](few_faces[:9] / np.float32(255)).numpy()
    off = evaluation.samples["reconstructions"] - made.astype(np.float64) * 255
    assert np.abs(off).max() < 0.51
