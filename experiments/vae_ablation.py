"""Variational autoencoder on faces: the KL divergence in its loss (E1).

The published models, `vae_32`, `vae_64` and `vae_128`, have no KL in their loss. The variants
"sum-<latent>" sum it over the batch, as the original's script would have done with its term
connected; "mean-<latent>" average it over the batch, as in the evidence lower bound. Every run is
measured on samples at the published scale, at full scale, and from the Gaussian that fits its codes
(E7).
"""

from lib.config.experiments import Experiment
from lib.config.faces import VAESettings
from lib.training.command import main

EXPERIMENT = Experiment(
    VAESettings(latent_dim=64),
    variants={
        f"{kl}-{latent_dim}": {"kl": kl, "latent_dim": latent_dim}
        for kl in ("sum", "mean")
        for latent_dim in (32, 64, 128)
    },
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
