import numpy as np
import pytest
from scipy import stats

from lib.models.faces.vae import kl_divergence, sample_latents
from lib.models.faces.vae_corrected import bits_per_dimension, discretised_logistic
from lib.system import runtime

tf = runtime.tf
LEVELS = np.arange(256, dtype=np.float64)


@pytest.mark.parametrize("mean", [-0.3, 0.0, 0.4, 1.0, 1.7])
@pytest.mark.parametrize("scale", [1e-3, 0.02, 0.5])
def test_probabilities_of_all_levels_sum_to_one(mean, scale):
    logarithms = discretised_logistic(LEVELS, mean, np.log(scale))
    assert np.isclose(np.exp(logarithms).sum(), 1, rtol=1e-9)


@pytest.mark.parametrize(("mean", "scale"), [(0.5, 0.1), (0.02, 0.05), (0.93, 0.3)])
def test_each_level_has_the_mass_within_half_a_step(mean, scale):
    edges = (np.arange(257) - 0.5) / 255
    edges[0], edges[-1] = -np.inf, np.inf
    expected = np.diff(stats.logistic(mean, scale).cdf(edges))
    found = np.exp(discretised_logistic(LEVELS, mean, np.log(scale)))
    # Above the mean, the cumulative values that are subtracted here are rounded near 1.
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-15)


def test_levels_far_from_the_mean_have_finite_values_and_gradients():
    levels = tf.constant([0.0, 1.0, 128.0, 254.0, 255.0])
    for mean in (-5.0, 0.0, 0.5, 6.0):
        mean, log_scale = tf.constant(mean), tf.constant(-7.0)
        with tf.GradientTape() as tape:
            tape.watch([mean, log_scale])
            values = discretised_logistic(levels, mean, log_scale)
        for gradient in tape.gradient(values, [mean, log_scale]):
            assert np.isfinite(gradient)
        assert np.isfinite(values).all()
        assert (values.numpy() <= 0).all()


def linear_gaussian():
    """Latents of two dimensions, x = directions @ z + offset + noise: its splits and one x.

    The columns of `directions` are orthogonal, so that the posterior's covariance is diagonal.
    """
    directions = np.array([[2.0, 0.5], [1.0, -1.0], [0.0, 2.0]])
    offset, noise_scale = np.array([0.3, -0.2, 1.0]), 0.7
    return directions, offset, noise_scale, np.array([1.1, 0.4, -0.8])


def terms(mean, variance, draws=40_000):
    """The bound's terms for `linear_gaussian`, for a Gaussian posterior: one value per draw."""
    directions, offset, noise_scale, x = linear_gaussian()
    noise = np.random.default_rng(0).standard_normal((draws, 2))

    means = tf.constant(np.tile(mean, (draws, 1)))
    log_variances = tf.constant(np.tile(np.log(variance), (draws, 1)))
    latents = sample_latents(means, log_variances, tf.constant(noise)).numpy()
    log_likelihoods = stats.norm.logpdf(x, latents @ directions.T + offset, noise_scale)
    return -log_likelihoods.sum(axis=1), kl_divergence(means, log_variances)


def posterior_and_evidence():
    """Bishop (2006), "Pattern recognition and machine learning", equations 2.115 and 2.116."""
    directions, offset, noise_scale, x = linear_gaussian()
    precision = np.eye(2) + directions.T @ directions / noise_scale**2
    assert np.allclose(precision, np.diag(np.diag(precision)))
    covariance = np.linalg.inv(precision)
    mean = covariance @ directions.T @ (x - offset) / noise_scale**2
    marginal = directions @ directions.T + noise_scale**2 * np.eye(3)
    evidence = stats.multivariate_normal(offset, marginal).logpdf(x)
    return mean, np.diag(covariance), evidence


def test_the_bound_is_the_evidence_where_the_posterior_is_exact():
    mean, variance, evidence = posterior_and_evidence()
    distortion, rate = terms(mean, variance)
    estimates = -(np.asarray(distortion) + np.asarray(rate))
    error = estimates.std() / np.sqrt(len(estimates))
    assert error < 0.01
    assert abs(estimates.mean() - evidence) < 4 * error


def test_elsewhere_the_bound_lacks_the_divergence_from_the_posterior():
    mean, variance, evidence = posterior_and_evidence()
    other_mean, other_variance = mean + np.array([0.1, -0.2]), variance * np.array([0.5, 2.0])
    gap = 0.5 * np.sum(
        (other_variance + (other_mean - mean) ** 2) / variance
        - 1
        - np.log(other_variance / variance)
    )
    distortion, rate = terms(other_mean, other_variance)
    estimates = -(np.asarray(distortion) + np.asarray(rate))
    assert abs(estimates.mean() - (evidence - gap)) < 4 * estimates.std() / np.sqrt(len(estimates))
    assert gap > 0.1


def test_eight_bits_code_any_level():
    assert np.isclose(bits_per_dimension(12 * np.log(256), 12), 8)
