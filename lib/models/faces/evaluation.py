"""The evaluation of models of faces: samples, interpolations, metrics against real faces.

A model is given as functions on arrays: `decode` and `generate` map latents (n, latent_dim) to
uint8 images (n, 64, 64, 3).
"""

from collections.abc import Callable

import numpy as np

from lib.metrics import latent
from lib.metrics.generated import generated_metrics
from lib.metrics.images import interpolation_smoothness, reconstruction_error
from lib.models.faces.batches import (
    CODES_FITTED,
    MEASURED_PATHS,
    SHOWN,
    FaceBatches,
    shown_latents,
)
from lib.system.randomness import generator

SHOWN_PATHS = 3  # interpolations

Decode = Callable[[np.ndarray], np.ndarray]
Metrics = dict[str, float]
Images = dict[str, np.ndarray]


def evaluate_vae(
    encode: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    decode: Decode,
    prior: Callable[[np.ndarray], np.ndarray],
    sample_scale: float,
    faces: FaceBatches,
) -> tuple[Metrics, Images]:
    """Return the metrics of a VAE's samples, codes and reconstructions, and images of these.

    `encode` maps uint8 images to means and log-variances, (n, latent_dim) each; `prior` maps draws
    from N(0, I) to draws from the prior.

    Three distributions of latents are sampled: "samples" is the prior with `sample_scale` instead
    of 1 as the standard deviation, "prior" the prior itself, and "posterior" the Gaussian that fits
    the codes.
    """
    real, other_real = faces.measured()
    means, log_variances = encode(faces.images[: max(CODES_FITTED, len(real))])
    latent_dim = means.shape[1]
    mean, covariance = latent.aggregated_posterior(means, log_variances)
    factor = np.linalg.cholesky(covariance).T

    def latents(standard: np.ndarray) -> dict[str, np.ndarray]:
        """Return latents by distribution, all from the same draws from N(0, I)."""
        return {
            "samples": prior(standard * sample_scale),
            "prior": prior(standard),
            "posterior": (mean + standard @ factor).astype(np.float32),
        }

    reconstructions = decode(means[: len(real)])
    interpolation = _interpolation(decode, prior(interpolation_ends(faces.seed, latent_dim)))
    codes = means[: 2 * SHOWN_PATHS].reshape(2, SHOWN_PATHS, -1)
    metrics = {
        **reconstruction_error(real, reconstructions),
        "kl_divergence": float(np.sum(latent.kl_per_dimension(means, log_variances))),
        "active_units": latent.active_units(means),
        "noise_fraction": latent.noise_fraction(means, log_variances),
        "posterior_kl": latent.kl_from_standard_normal(mean, covariance),
        "interpolation_smoothness": interpolation_smoothness(interpolation),
        **generated_metrics(real, other_real, "real"),
    }
    measured = latents(_measured_latents(faces.seed, latent_dim, len(real)))
    for distribution, sampled in measured.items():
        metrics |= generated_metrics(real, decode(sampled), distribution)
    shown = latents(shown_latents(faces.seed, latent_dim))
    return metrics, {
        "prior_samples": decode(shown["prior"]),
        "posterior_samples": decode(shown["posterior"]),
        "interpolation": interpolation[:SHOWN_PATHS],
        "image_interpolation": _interpolation(decode, codes),
        "originals": real[:SHOWN],
        "reconstructions": reconstructions[:SHOWN],
    }


def evaluate_gan(generate: Decode, faces: FaceBatches, latent_dim: int) -> tuple[Metrics, Images]:
    """Return the metrics of a GAN's samples, and images of an interpolation."""
    interpolation = _interpolation(generate, interpolation_ends(faces.seed, latent_dim))
    metrics = {
        "interpolation_smoothness": interpolation_smoothness(interpolation),
        **generated_metrics(*faces.measured(), "real"),
        **sample_metrics(generate, faces, latent_dim),
    }
    return metrics, {"interpolation": interpolation[:SHOWN_PATHS]}


def sample_metrics(generate: Decode, faces: FaceBatches, latent_dim: int) -> Metrics:
    """Return the metrics of as many samples as there are measured faces, against these."""
    real, _ = faces.measured()
    latents = _measured_latents(faces.seed, latent_dim, len(real))
    return generated_metrics(real, generate(latents), "samples")


def _measured_latents(seed: int, latent_dim: int, count: int) -> np.ndarray:
    return generator(seed, "measured samples").standard_normal((count, latent_dim), np.float32)


def interpolation_ends(seed: int, latent_dim: int) -> np.ndarray:
    """Return pairs of latents from N(0, I): float32 (2, 50, latent_dim)."""
    shape = (2, MEASURED_PATHS, latent_dim)
    return generator(seed, "interpolation").standard_normal(shape, np.float32)


def interpolate(ends: np.ndarray) -> np.ndarray:
    """Return nine points at equal steps from ends[0] to ends[1].

    (2, paths, latent_dim) -> (paths * 9, latent_dim).
    """
    fraction = np.linspace(0, 1, SHOWN, dtype=np.float32)[None, :, None]
    path = ends[0][:, None] * (1 - fraction) + ends[1][:, None] * fraction
    return path.reshape(-1, ends.shape[-1])


def _interpolation(decode: Decode, ends: np.ndarray) -> np.ndarray:
    """Return nine images from ends[0] to ends[1], (2, paths, latent_dim): uint8 (paths, 9, ...)."""
    images = decode(interpolate(ends))
    return images.reshape(-1, SHOWN, *images.shape[1:])
