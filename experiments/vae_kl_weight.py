"""Variational autoencoder on faces: what the batch size has to do with the weight of the KL.

Mends E1: variants "mean-<latent>" average the divergence over the batch, where the published
`vae_32`, `vae_64` and `vae_128` sum it, and are otherwise the same. The variants with batches of 64
show how far the published loss and the mended one depend on the batch size.
Every run is measured on samples from the full prior and at the published scale (E7).
"""

from lib.experiment import Experiment
from lib.settings import VAESettings
from lib.training import main

_MEAN = {"kl_reduction": "mean"}

EXPERIMENT = Experiment(
    VAESettings(latent_dim=64),
    variants={
        "mean-32": {**_MEAN, "latent_dim": 32},
        "mean-64": _MEAN,
        "mean-128": {**_MEAN, "latent_dim": 128},
        "sum-64-batch-64": {"batch_size": 64},
        "mean-64-batch-64": {**_MEAN, "batch_size": 64},
    },
    study="corrected",
)

if __name__ == "__main__":
    main(__file__)
