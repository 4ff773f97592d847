"""Samples of the VAEs from three distributions of the latents, for each latent size (E7).

N(0, I) at the published scale of a sixth, N(0, I) at full scale, and the Gaussian fitted to the
codes of faces. All use the same random numbers.
"""

from collections.abc import Sequence
from pathlib import Path

from figures import Figure, plots
from lib.runs.directories import Run

_DISTRIBUTIONS = {"samples": "scaled", "prior_samples": "N(0, I)", "posterior_samples": "fitted"}


def draw(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw the first seed's samples after the last epoch."""
    rows, labels = [], []
    for runs in groups:
        size = runs[0].config["spec"]["settings"]["latent_dim"]
        for name, label in _DISTRIBUTIONS.items():
            images = runs[0].samples[name]
            rows.append(images[-1] if name == "samples" else images)
            labels.append(f"latent {size}\n{label}")
    plots.image_rows(path, rows, labels)


_NEEDS = tuple((name, "published") for name in ("vae_32", "vae_64", "vae_128"))
FIGURES = (Figure(None, "vae-sampling.png", _NEEDS, draw),)
