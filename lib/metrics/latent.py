"""How much of a variational autoencoder's latent is used."""

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
