import numpy as np
import pytest
from scipy import integrate, stats

from lib.metrics import latent


def test_the_kl_divergence_of_the_prior_is_0():
    np.testing.assert_array_equal(latent.kl_per_dimension(np.zeros((3, 2)), np.zeros((3, 2))), 0)


@pytest.mark.parametrize(("mean", "log_variance"), [(0.0, 1.0), (1.5, 0.0), (-0.7, -2.0)])
def test_kl_divergence_equals_numerical_integration(mean, log_variance):
    posterior, prior = stats.norm(mean, np.exp(log_variance / 2)), stats.norm()
    expected, _ = integrate.quad(
        lambda z: posterior.pdf(z) * (posterior.logpdf(z) - prior.logpdf(z)), -15, 15
    )
    kl = latent.kl_per_dimension(np.array([[mean]]), np.array([[log_variance]]))
    assert kl == pytest.approx([expected])


def test_kl_divergence_is_a_mean_over_the_samples_of_each_dimension():
    means = np.array([[1.0, 0.0], [3.0, 0.0]], np.float32)
    kl = latent.kl_per_dimension(means, np.zeros_like(means))
    assert kl == pytest.approx([(1 / 2 + 9 / 2) / 2, 0])
    assert kl.dtype == np.float64


def test_a_tiny_kl_divergence_survives_float32():
    log_variances = np.full((1, 1), 1e-4, np.float32)
    kl = latent.kl_per_dimension(np.zeros((1, 1), np.float32), log_variances)
    assert kl == pytest.approx([1e-8 / 4], rel=1e-3)


def test_kl_divergence_refuses_unequal_shapes():
    with pytest.raises(ValueError, match="shapes differ"):
        latent.kl_per_dimension(np.zeros((4, 3)), np.zeros((1, 3)))


def test_units_are_active_above_the_threshold():
    # Plus and minus a have the variance a squared: .0225, .0064 and 0 (whatever their offset).
    means = np.array([[0.15, 0.08, 5.0], [-0.15, -0.08, 5.0]])
    assert latent.active_units(means) == 1
    assert latent.active_units(means, threshold=0.005) == 2


def test_the_aggregated_posterior_has_the_moments_of_its_samples():
    random = np.random.default_rng(0)
    means, log_variances = random.standard_normal((2, 50, 3)) @ random.standard_normal((3, 3))
    mean, covariance = latent.aggregated_posterior(means, log_variances)
    samples = means[:, None] + np.exp(log_variances / 2)[:, None] * random.standard_normal(
        (50, 20_000, 3)
    )
    samples = samples.reshape(-1, 3)
    assert np.allclose(mean, samples.mean(axis=0), atol=0.03 * np.sqrt(covariance.diagonal().max()))
    assert np.allclose(covariance, np.cov(samples.T), atol=0.03 * covariance.diagonal().max())


def test_kl_divergence_of_a_correlated_normal_equals_a_monte_carlo_estimate():
    mean, covariance = np.array([0.5, -1.0]), np.array([[2.0, 0.6], [0.6, 0.5]])
    normal = stats.multivariate_normal(mean, covariance)
    samples = normal.rvs(400_000, random_state=0)
    estimates = normal.logpdf(samples) - stats.multivariate_normal(np.zeros(2)).logpdf(samples)
    error = estimates.std() / np.sqrt(len(estimates))
    kl = latent.kl_from_standard_normal(mean, covariance)
    assert abs(kl - estimates.mean()) < 4 * error
    assert latent.kl_from_standard_normal(np.zeros(3), np.eye(3)) == 0


@pytest.mark.parametrize(("spread", "noise", "expected"), [(0, 2, 1), (3, 0, 0), (3, 4, 0.8)])
def test_the_noise_fraction_of_known_spreads(spread, noise, expected):
    """Means at plus and minus `spread` have that standard deviation, and noise adds variance."""
    means = np.array([[spread, -spread], [-spread, spread]], float)
    with np.errstate(divide="ignore"):
        log_variances = np.full((2, 2), 2 * np.log(noise))
    assert np.isclose(latent.noise_fraction(means, log_variances), expected)
