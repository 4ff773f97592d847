"""Figures 6 and 9: interpolations of nine steps between two latents, one row per latent size.

The original's VAE code interpolates between random latents, its text between encoded images (E8);
figure 6 shows both.
"""

from pathlib import Path

from figures import GANS, VAES, Figure, Groups, plots, setting

_ENDS = {"interpolation": "random", "image_interpolation": "encoded"}


def draw(groups: Groups, path: Path) -> None:
    """Draw the first interpolation of each model's first seed, for each kind of end points."""
    firsts = [group[0] for group in groups]
    # A recorded run has no paths between encoded images, because these show real faces.
    kinds = [
        kind
        for kind in _ENDS
        if kind == "interpolation" or all(kind in run.samples for run in firsts)
    ]
    rows, labels = [], []
    for kind in kinds:
        for run in firsts:
            rows.append(run.samples[kind][0])
            size = setting([run], "latent_dim")
            labels.append(f"latent {size}" + (f"\n{_ENDS[kind]}" if len(kinds) > 1 else ""))
    plots.image_rows(path, rows, labels)


FIGURES = (
    Figure(6, "vae-interpolation.png", VAES, draw),
    Figure(9, "gan-interpolation.png", GANS, draw),
)
