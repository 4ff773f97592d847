import numpy as np
import original_nets
import pytest
from close_weights import assert_trained_alike
from scipy import integrate, stats

from lib.config.faces import VAESettings
from lib.models.faces.batches import shown_latents
from lib.models.faces.vae import VAETrainer, kl_divergence
from lib.system import runtime
from lib.system.randomness import stateless_seed

tf, tf_keras = runtime.tf, runtime.tf_keras
SETTINGS = {"filters": 4, "latent_dim": 6, "batch_size": 8, "epochs": 1, "image_count": 20}
PIXELS = 64 * 64 * 3


def training_with(**changes):
    return VAETrainer(VAESettings(**{**SETTINGS, **changes}), seed=0)


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


class Sampling(tf_keras.layers.Layer):
    """The original's layer, but that the noise is given."""

    def call(self, inputs):
        mean, log_variance, noise = inputs
        return mean + tf.exp(0.5 * log_variance) * noise


class KLLayer(tf_keras.layers.Layer):
    """The original's layer, which adds its loss to whatever model it is on a path of."""

    def call(self, inputs):
        mean, log_variance = inputs
        kl = -0.5 * tf.reduce_sum(log_variance - tf.square(mean) - tf.exp(log_variance) + 1)
        self.add_loss(kl / PIXELS)
        return inputs


def original_model(connected):
    """The original's model of stock layers; its KL layer is made after it, unless connected."""
    images = tf_keras.layers.Input((64, 64, 3))
    noise = tf_keras.layers.Input((6,))
    features = tf_keras.Sequential(original_nets.downsampling(4, 12))(images)
    codes = [tf_keras.layers.Dense(6)(features) for _ in range(2)]
    kl_layer = KLLayer()
    if connected:
        codes = kl_layer(codes)
    decoder = tf_keras.Sequential(original_nets.upsampling(4, "sigmoid"))
    model = tf_keras.Model([images, noise], decoder(Sampling()([*codes, noise])))
    if not connected:
        kl_layer(codes)
    model.compile(tf_keras.optimizers.Adam(1e-3), "binary_crossentropy")
    return model


@pytest.mark.parametrize(("kl", "connected"), [("none", False), ("sum", True)])
def test_an_epoch_is_that_of_the_original_s_calls(few_faces, kl, connected):
    """20 images in batches of 8, 8 and 4. The original's KL layer has no part in its model."""
    training, model = training_with(kl=kl), original_model(connected)
    assert len(model.losses) == (1 if connected else 0)
    before = [*training.encoder.get_weights(), *training.decoder.get_weights()]
    model.set_weights(before)
    losses = []
    for step, pixels in enumerate(training.faces.shuffled(1)):
        seed = stateless_seed(0, "latent noise", 1, step)
        noise = tf.random.stateless_normal((len(pixels), 6), seed)
        images = pixels / np.float32(255)
        losses += [model.train_on_batch([images, noise], images)] * len(pixels)
    metrics = training.train_epoch(1, "")
    assert np.isclose(metrics["loss"], np.mean(losses), rtol=1e-5)
    both = tf_keras.models.clone_model(model)
    both.set_weights([*training.encoder.get_weights(), *training.decoder.get_weights()])
    assert_trained_alike(both, model, before, 1e-3, steps=3)


@pytest.mark.parametrize(("kl", "weight"), [("none", 0), ("sum", 5), ("mean", 1)])
def test_the_kl_divergence_is_told_in_nats_and_weighs_as_it_is_set(few_faces, kl, weight):
    training = training_with(kl=kl)
    mean, log_variance = training.encoder(few_faces[:5] / np.float32(255))
    expected = np.mean(kl_divergence(mean, log_variance))
    metrics = training.train_step(few_faces[:5], stateless_seed(0, "latent noise", 1, 0))
    assert np.isclose(metrics["kl_divergence"], expected, rtol=1e-5)
    assert expected > 0
    added = metrics["loss"] - metrics["reconstruction_loss"]
    assert np.isclose(added, weight * expected / PIXELS, rtol=1e-3)


def test_the_noise_is_that_of_the_seed(few_faces):
    """With the same weights, another seed gives another reconstruction but the same KL."""
    state = training_with().state()[0]
    losses = []
    for step in (0, 0, 1):
        training = training_with()
        training.restore(dict(state), {})
        metrics = training.train_step(few_faces[:8], stateless_seed(0, "latent noise", 1, step))
        losses.append((float(metrics["reconstruction_loss"]), float(metrics["kl_divergence"])))
    assert losses[0] == losses[1]
    assert losses[0][0] != losses[2][0]
    assert losses[0][1] == losses[2][1]


def test_an_epoch_and_its_evaluation(few_faces):
    training = training_with()
    history = [training.train_epoch(epoch, "") for epoch in (1, 2)]
    evaluation = training.evaluation(history)
    assert evaluation.metrics["loss"] == history[-1]["loss"]
    shapes = {name: array.shape for name, array in evaluation.samples.items()}
    assert shapes == {
        "samples": (2, 9, 64, 64, 3),
        "prior_samples": (9, 64, 64, 3),
        "posterior_samples": (9, 64, 64, 3),
        "interpolation": (3, 9, 64, 64, 3),
        "image_interpolation": (3, 9, 64, 64, 3),
        "originals": (9, 64, 64, 3),
        "reconstructions": (9, 64, 64, 3),
    }
    assert {array.dtype for array in evaluation.samples.values()} == {np.dtype(np.uint8)}
    assert np.array_equal(evaluation.samples["originals"], few_faces[:9])
    # An interpolation between two faces begins and ends at their reconstructions.
    path, made = evaluation.samples["image_interpolation"], evaluation.samples["reconstructions"]
    assert np.abs(path[:, 0].astype(int) - made[:3]).max() <= 1
    assert np.abs(path[:, -1].astype(int) - made[3:6]).max() <= 1


def test_samples_are_taken_at_the_published_sixth_of_the_prior(few_faces):
    training = training_with()
    history = [training.train_epoch(1, "")]
    latents = shown_latents(0, SETTINGS["latent_dim"]) / 6
    assert np.array_equal(training.arrays["samples"][-1], training.decode(latents))
    metrics = training.evaluation(history).metrics
    assert metrics["samples_swd"] != metrics["prior_swd"]


def test_samples_are_those_of_the_prior_if_so_set(few_faces):
    training = training_with(sample_scale=1.0)
    metrics = training.evaluation([training.train_epoch(1, "")]).metrics
    assert metrics["samples_swd"] == metrics["prior_swd"]
