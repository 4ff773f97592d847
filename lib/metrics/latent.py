"""How a variational autoencoder uses its latent space, and how its latents are distributed."""

import numpy as np


def kl_per_dimension(means: np.ndarray, log_variances: np.ndarray) -> np.ndarray:
    """Return KL(q(z|x) || N(0, I)) of each latent dimension, averaged over x, float64 (D,), nats.

    `means` and `log_variances` (N, D) are those of the diagonal Gaussian q(z|x). Closed form of
    Kingma and Welling (2014), "Auto-encoding variational Bayes", appendix B; the sum over the
    dimensions is the KL term of the evidence lower bound. Raises ValueError for unequal shapes.
    """
    if means.shape != log_variances.shape:
        raise ValueError(f"shapes differ: {means.shape} and {log_variances.shape}")
    means, log_variances = means.astype(np.float64), log_variances.astype(np.float64)
    return (0.5 * (means**2 + np.expm1(log_variances) - log_variances)).mean(axis=0)


def active_units(means: np.ndarray, threshold: float = 0.01) -> int:
    """Return how many latent dimensions have a variance of E[z|x] over x above `threshold`.

    `means` (N, D) are E[z|x]. Burda et al. (2016), "Importance weighted autoencoders", with
    their threshold; the variance divides by N.
    """
    return int(np.count_nonzero(means.var(axis=0, dtype=np.float64) > threshold))


def aggregated_posterior(
    means: np.ndarray, log_variances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean (D,) and covariance (D, D), float64, of the mixture of all q(z|x).

    `means` and `log_variances` (N, D) are those of the Gaussians in it, one for each image.
    """
    means = means.astype(np.float64)
    within = np.diag(np.exp(log_variances.astype(np.float64)).mean(axis=0))
    return means.mean(axis=0), np.cov(means, rowvar=False, bias=True) + within


def kl_from_standard_normal(mean: np.ndarray, covariance: np.ndarray) -> float:
    """Return KL(N(mean, covariance) || N(0, I)) in nats.

    `mean` (D,) and the positive definite `covariance` (D, D). Closed form: Kullback
    (1959), "Information theory and statistics", chapter 9.
    """
    _, log_determinant = np.linalg.slogdet(covariance)
    return float(np.trace(covariance) + mean @ mean - len(mean) - log_determinant) / 2


def noise_fraction(means: np.ndarray, log_variances: np.ndarray) -> float:
    """Return the fraction of the latents' standard deviation that is noise, from 0 to 1.

    `means` and `log_variances` (N, D) are those of q(z|x). The fraction is the standard deviation
    of q(z|x) divided by that of the mixture of all q(z|x), both as root mean squares over the
    dimensions. 0: no noise. 1: the latents carry no information about the image.
    """
    _, covariance = aggregated_posterior(means, log_variances)
    noise = np.exp(log_variances.astype(np.float64)).mean()
    return float(np.sqrt(noise / covariance.diagonal().mean()))
