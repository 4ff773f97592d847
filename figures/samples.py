"""Figures 1 to 4, 7 and 8, and those of the corrected models: samples of the first and last epoch.

All epochs use the same nine latents, so each column shows how one face changes.
"""

from pathlib import Path

from figures import Figure, Groups, plots


def draw(groups: Groups, path: Path) -> None:
    """Draw the first seed's samples."""
    run = groups[0][0]
    samples = run.samples["samples"]
    labels = ["epoch 1", f"epoch {run.result['epochs']}"]
    plots.image_rows(path, [samples[0], samples[-1]], labels)


FIGURES = tuple(
    Figure(number, f"{experiment.replace('_', '-')}-samples.png", ((experiment, variant),), draw)
    for number, experiment, variant in (
        (1, "vae_32", "published"),
        (2, "vae_64", "published"),
        (3, "vae_128", "published"),
        (4, "gan_256", "published"),
        (7, "gan_64", "published"),
        (8, "gan_128", "published"),
        (None, "vae_corrected", "corrected"),
        (None, "gan_corrected", "corrected"),
    )
)
