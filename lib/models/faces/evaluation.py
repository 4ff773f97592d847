"""The evaluation of models of faces: samples, interpolations, metrics against real faces.

A model is given as functions on arrays: `decode` maps latents (n, latent_dim) to uint8 images
(n, 64, 64, 3).
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from lib.metrics.generated import generated_metrics, mean_smoothness
from lib.metrics.images import reconstruction_error
from lib.metrics.latent import (
    active_units,
    aggregated_posterior,
    kl_from_standard_normal,
    kl_per_dimension,
    noise_fraction,
)
from lib.models.faces.batches import (
    CODES_FITTED,
    SHOWN,
    SHOWN_PATHS,
    FaceBatches,
    interpolate,
    interpolation_ends,
    measured_latents,
    shown_latents,
)

Decode = Callable[[np.ndarray], np.ndarray]
Metrics = dict[str, float]
Images = dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class TrainedVAE:
    """A trained VAE as functions on arrays.

    `encode` maps uint8 images to means and log-variances, (n, latent_dim) each; `prior` maps draws
    from N(0, I) to draws from the prior. Samples have latents of the standard
    deviation `sample_scale` instead of 1.
    """

    encode: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    decode: Decode
    prior: Callable[[np.ndarray], np.ndarray]
    sample_scale: float

    def latents(
        self, standard: np.ndarray, posterior: tuple[np.ndarray, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return latents by distribution, all from the same draws from N(0, I).

        "samples" has the prior at the scale that is set, "prior" at full scale, and "posterior" the
        Gaussian that fits the codes, given by mean and covariance.
        """
        mean, covariance = posterior
        fitted = mean + standard @ np.linalg.cholesky(covariance).T
        return {
            "samples": self.prior(standard * self.sample_scale),
            "prior": self.prior(standard),
            "posterior": fitted.astype(np.float32),
        }


def evaluate_vae(
    vae: TrainedVAE, faces: FaceBatches, latent_dim: int, seed: int
) -> tuple[Metrics, Images]:
    """Return the metrics of a VAE's samples, codes and reconstructions, and images of these."""
    real, other_real = faces.measured()
    means, log_variances = vae.encode(faces.images[: max(CODES_FITTED, len(real))])
    posterior = aggregated_posterior(means, log_variances)
    reconstructions = vae.decode(means[: len(real)])
    interpolation = _interpolation(vae.decode, vae.prior(interpolation_ends(seed, latent_dim)))
    codes = means[: 2 * SHOWN_PATHS].reshape(2, SHOWN_PATHS, -1)
    metrics = {
        **reconstruction_error(real, reconstructions),
        "kl_divergence": float(np.sum(kl_per_dimension(means, log_variances))),
        "active_units": active_units(means),
        "noise_fraction": noise_fraction(means, log_variances),
        "posterior_kl": kl_from_standard_normal(*posterior),
        "interpolation_smoothness": mean_smoothness(interpolation),
        **generated_metrics(real, other_real, "real"),
    }
    latents = vae.latents(measured_latents(seed, latent_dim, len(real)), posterior)
    for distribution, sampled in latents.items():
        metrics |= generated_metrics(real, vae.decode(sampled), distribution)
    shown = vae.latents(shown_latents(seed, latent_dim), posterior)
    return metrics, {
        "prior_samples": vae.decode(shown["prior"]),
        "posterior_samples": vae.decode(shown["posterior"]),
        "interpolation": interpolation[:SHOWN_PATHS],
        "image_interpolation": _interpolation(vae.decode, codes),
        "originals": real[:SHOWN],
        "reconstructions": reconstructions[:SHOWN],
    }


def evaluate_gan(
    generate: Decode, faces: FaceBatches, latent_dim: int, seed: int
) -> tuple[Metrics, Images]:
    """Return the metrics of a GAN's samples, and images of an interpolation."""
    real, other_real = faces.measured()
    interpolation = _interpolation(generate, interpolation_ends(seed, latent_dim))
    metrics = {
        "interpolation_smoothness": mean_smoothness(interpolation),
        **generated_metrics(real, other_real, "real"),
        **sample_metrics(generate, real, latent_dim, seed),
    }
    return metrics, {"interpolation": interpolation[:SHOWN_PATHS]}


def sample_metrics(generate: Decode, real: np.ndarray, latent_dim: int, seed: int) -> Metrics:
    """Return the metrics of as many samples as `real` faces, against these."""
    latents = measured_latents(seed, latent_dim, len(real))
    return generated_metrics(real, generate(latents), "samples")


def _interpolation(decode: Decode, ends: np.ndarray) -> np.ndarray:
    """Return nine images from ends[0] to ends[1], (2, paths, latent_dim): uint8 (paths, 9, ...)."""
    images = decode(interpolate(ends))
    return images.reshape(-1, SHOWN, *images.shape[1:])
