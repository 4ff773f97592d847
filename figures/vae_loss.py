"""Figure 5: the VAEs' training loss over the epochs, by latent size, with published points."""

from pathlib import Path

from figures import VAES, Figure, Groups, plots, setting
from original.published import curve


def draw(groups: Groups, path: Path) -> None:
    """Draw one curve per latent size and the points of the published curve."""
    with plots.panels(path) as (axes,):
        for runs, color in zip(groups, plots.PALETTE, strict=False):
            size = setting(runs, "latent_dim")
            plots.curve(axes, runs, "loss", color=color, label=f"latent {size}")
            plots.published_points(axes, curve(5, f"latent_{size}"), color=color)
        plots.label_epochs(axes, "training loss")
        plots.legend_below(axes, columns=4, published=True)


FIGURES = (Figure(5, "vae-loss.svg", VAES, draw),)
