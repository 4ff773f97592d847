import numpy as np
import pytest

from lib.config.faces import CorrectedVAESettings
from lib.models.faces.vae_corrected import (
    CorrectedVAETrainer,
    build_decoder,
    discretised_logistic,
)
from lib.system import runtime
from lib.system.randomness import stateless_seed

tf, tf_keras = runtime.tf, runtime.tf_keras
SETTINGS = CorrectedVAESettings(filters=8, latent_dim=6, batch_size=8, epochs=2, image_count=20)
SEED = stateless_seed(0, "latent noise", 1, 0)


@pytest.fixture
def training(few_faces):
    return CorrectedVAETrainer(SETTINGS, seed=0)


def test_the_loss_is_the_bound_written_out_in_nats_per_image(training, few_faces):
    levels = few_faces[:8].astype(np.float32)
    mean, log_variance = training.encoder(levels / 255)
    noise = tf.random.stateless_normal((8, 6), SEED)
    made, log_scale = training.decoder(mean + tf.exp(0.5 * log_variance) * noise)
    distortion = -discretised_logistic(levels, made, log_scale).numpy().reshape(8, -1).sum(axis=1)
    rate = 0.5 * (tf.exp(log_variance) + mean**2 - 1 - log_variance).numpy().sum(axis=1)
    metrics = training.train_step(few_faces[:8], SEED)
    assert np.isclose(metrics["reconstruction_loss"], distortion.mean(), rtol=1e-5)
    assert np.isclose(metrics["kl_divergence"], rate.mean(), rtol=1e-4)
    assert np.isclose(metrics["loss"], distortion.mean() + rate.mean(), rtol=1e-5)


def test_the_batch_size_does_not_change_the_loss(training, few_faces):
    """Eight times the same face costs what it costs alone, but for the noise (E1)."""
    encoded = training.encoder(few_faces[:1] / np.float32(255))
    assert np.ptp(encoded[1]) < 1
    noise = np.random.default_rng(0).standard_normal((8, 6), np.float32)
    eight = training.losses(few_faces[:1].repeat(8, axis=0), noise, 8)
    one = training.losses(few_faces[:1], noise[:1], 1)
    np.testing.assert_allclose(eight[1], one[1], rtol=1e-3)


def test_every_part_learns_the_likelihood_s_scale_too(training, few_faces):
    before = [variable.numpy() for variable in training.variables]
    training.train_step(few_faces[:8], SEED)
    for old, variable in zip(before, training.variables, strict=True):
        assert not np.array_equal(old, variable.numpy()), variable.name
    assert sum(variable.shape == () for variable in training.variables) == 1


def test_the_decoder_has_about_the_published_one_s_parameters():
    from lib.models.faces.blocks import upsampling

    ours = build_decoder(
        CorrectedVAESettings().filters, CorrectedVAESettings().latent_dim
    ).count_params()
    theirs = upsampling(64, 64, "sigmoid", "decoder").count_params()
    assert 0.8 < ours / theirs < 1.3


def test_draws_from_the_prior_have_its_moments(training):
    covariance = np.diag(np.arange(1.0, 7.0)) + 0.5
    training.arrays["prior_mean"] = np.arange(6.0)
    training.arrays["prior_factor"] = np.linalg.cholesky(covariance)
    draws = training.prior(np.random.default_rng(0).standard_normal((200_000, 6)))
    assert np.allclose(draws.mean(axis=0), np.arange(6), atol=0.05)
    assert np.allclose(np.cov(draws.T), covariance, atol=0.1)


def test_an_epoch_and_its_evaluation(training, few_faces):
    history = [training.train_epoch(epoch, "") for epoch in (1, 2)]
    evaluation = training.evaluation(history)
    assert evaluation.metrics["loss"] == history[-1]["loss"]
    bits = history[-1]["loss"] / (64 * 64 * 3) / np.log(2)
    assert np.isclose(evaluation.metrics["bits_per_dimension"], bits)
    assert evaluation.metrics["samples_swd"] == evaluation.metrics["prior_swd"]
    assert evaluation.samples["samples"].shape == (2, 9, 64, 64, 3)
    assert evaluation.samples["reconstructions"].dtype == np.uint8
