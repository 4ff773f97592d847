"""Samples of the VAEs from three distributions of the latents, for each latent size (E7).

N(0, I) at the published scale of a sixth, N(0, I) at full scale, and the Gaussian fitted to the
codes of faces. All use the same random numbers.
"""

from pathlib import Path

from figures import VAES, Figure, Groups, plots, setting

_DISTRIBUTIONS = {"samples": "scaled", "prior_samples": "N(0, I)", "posterior_samples": "fitted"}


def draw(groups: Groups, path: Path) -> None:
    """Draw the first seed's samples after the last epoch."""
    rows, labels = [], []
    for runs in groups:
        size = setting(runs, "latent_dim")
        for name, label in _DISTRIBUTIONS.items():
            images = runs[0].samples[name]
            rows.append(images[-1] if name == "samples" else images)
            labels.append(f"latent {size}\n{label}")
    plots.image_rows(path, rows, labels)


FIGURES = (Figure(None, "vae-sampling.png", VAES, draw),)
