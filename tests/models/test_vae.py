import numpy as np
import pytest
from close_weights import assert_trained_alike
from scipy import integrate, stats

from lib import runtime
from lib.models.vae import VAETraining, kl_divergence
from lib.randomness import stateless_seed
from lib.settings import VAESettings

tf, tf_keras = runtime.tf, runtime.tf_keras
SETTINGS = {"filters": 4, "latent_dim": 6, "batch_size": 8, "epochs": 1, "image_count": 20}
PIXELS = 64 * 64 * 3


def training_with(**changes):
    return VAETraining(VAESettings(**{**SETTINGS, **changes}), seed=0)


@pytest.mark.parametrize(
    ("mean", "deviation", "expected"),
    [
        (0, 1, 0),
        (1, 1, 0.5),
        (3, 1, 4.5),
        (0, np.e, (np.e**2 - 3) / 2),
        (0, 1 / np.e, (np.e**-2 + 1) / 2),
    ],
)
def test_kl_of_known_normals(mean, deviation, expected):
    log_variance = np.full((1, 1), 2 * np.log(deviation))
    assert np.isclose(kl_divergence(np.full((1, 1), float(mean)), log_variance), expected)


def test_kl_is_the_integral_that_defines_it_summed_over_latents():
    random = np.random.default_rng(0)
    mean, log_variance = random.standard_normal((2, 3, 4))

    def integral(m, v):
        coded, prior = stats.norm(m, np.exp(v / 2)), stats.norm()
        span = m - 12 * coded.std(), m + 12 * coded.std()
        return integrate.quad(
            lambda x: coded.pdf(x) * (coded.logpdf(x) - prior.logpdf(x)), *span, points=[m]
        )[0]

    expected = np.vectorize(integral)(mean, log_variance).sum(axis=1)
    assert np.allclose(kl_divergence(mean, log_variance), expected, rtol=1e-6)


def test_kl_is_what_samples_estimate():
    mean, log_variance = np.array([[0.5, -1.0]]), np.array([[0.3, -0.7]])
    deviation = np.exp(log_variance / 2)
    draws = stats.norm.rvs(mean, deviation, (200_000, 2), random_state=0)
    ratio = stats.norm.logpdf(draws, mean, deviation) - stats.norm.logpdf(draws)
    estimates = ratio.sum(axis=1)
    error = estimates.std() / np.sqrt(len(estimates))
    assert abs(kl_divergence(mean, log_variance)[0] - estimates.mean()) < 4 * error


def test_summed_kl_is_the_batch_size_times_the_mean(few_faces):
    summed, averaged = (training_with(kl_reduction=kind) for kind in ("sum", "mean"))
    averaged.restore(summed.state()[0], {})
    seed = stateless_seed(0, "latent noise", 1, 0)
    first, second = (training._update(few_faces[:5], seed) for training in (summed, averaged))
    assert np.isclose(first["kl_loss"], 5 * second["kl_loss"], rtol=1e-6)
    assert first["kl_loss"] > 0
    assert np.isclose(first["reconstruction_loss"], second["reconstruction_loss"], rtol=1e-6)
    assert np.isclose(first["loss"], first["reconstruction_loss"] + first["kl_loss"], rtol=1e-6)


@pytest.mark.parametrize(("kind", "scale"), [("sum", 8 / PIXELS), ("mean", 1 / PIXELS)])
def test_a_step_is_that_of_the_loss_written_out(few_faces, kind, scale):
    training = training_with(kl_reduction=kind)
    encoder, decoder = (
        tf_keras.models.clone_model(model) for model in (training.encoder, training.decoder)
    )
    before = [training.encoder.get_weights(), training.decoder.get_weights()]
    encoder.set_weights(before[0])
    decoder.set_weights(before[1])
    images = tf.constant(few_faces[:8] / np.float32(255))
    seed = stateless_seed(0, "latent noise", 1, 0)
    noise = tf.random.stateless_normal((8, 6), seed)
    with tf.GradientTape() as tape:
        mean, log_variance = encoder(images)
        made = decoder(mean + noise * tf.sqrt(tf.exp(log_variance)))
        likelihood = tf.where(images > 0, images * tf.math.log(made), 0.0)
        likelihood += (1 - images) * tf.math.log(1 - made)
        kl = 0.5 * (tf.exp(log_variance) + mean**2 - 1 - log_variance)
        loss = -tf.reduce_mean(likelihood) + scale * tf.reduce_mean(tf.reduce_sum(kl, axis=1))
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer = tf_keras.optimizers.legacy.Adam(1e-3)
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    metrics = training._update(few_faces[:8], seed)
    assert np.isclose(metrics["loss"], loss, rtol=1e-5)
    assert_trained_alike(training.encoder, encoder, before[0], 1e-3)
    assert_trained_alike(training.decoder, decoder, before[1], 1e-3)


def test_the_noise_is_that_of_the_seed(few_faces):
    """With the same weights, another seed gives another reconstruction but the same KL."""
    state = training_with().state()[0]
    losses = []
    for step in (0, 0, 1):
        training = training_with()
        training.restore(dict(state), {})
        metrics = training._update(few_faces[:8], stateless_seed(0, "latent noise", 1, step))
        losses.append((float(metrics["reconstruction_loss"]), float(metrics["kl_loss"])))
    assert losses[0] == losses[1]
    assert losses[0][0] != losses[2][0]
    assert losses[0][1] == losses[2][1]


def test_an_epoch_and_its_outcome(few_faces):
    training = training_with()
    history = [training.train_epoch(epoch, "") for epoch in (1, 2)]
    outcome = training.outcome(history)
    assert outcome.metrics.items() >= history[-1].items()
    shapes = {name: array.shape for name, array in outcome.samples.items()}
    assert shapes == {
        "samples": (2, 9, 64, 64, 3),
        "interpolation": (3, 9, 64, 64, 3),
        "image_interpolation": (3, 9, 64, 64, 3),
        "originals": (9, 64, 64, 3),
        "reconstructions": (9, 64, 64, 3),
    }
    assert {array.dtype for array in outcome.samples.values()} == {np.dtype(np.uint8)}
    assert np.array_equal(outcome.samples["originals"], few_faces[:9])
    # An interpolation between two faces begins and ends at their reconstructions.
    path, made = outcome.samples["image_interpolation"], outcome.samples["reconstructions"]
    assert np.abs(path[:, 0].astype(int) - made[:3]).max() <= 1
    assert np.abs(path[:, -1].astype(int) - made[3:6]).max() <= 1
