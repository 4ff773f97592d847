"""Figure 5: the VAEs' training loss over the epochs, by latent size, with published points."""

from collections.abc import Sequence
from pathlib import Path

from figures import Figure, plots
from lib.runs.directories import Run
from original.published import curve


def draw(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw one curve per latent size and the points of the published curve."""
    with plots.panels(path) as (axes,):
        for runs, color in zip(groups, plots.PALETTE, strict=False):
            size = runs[0].config["spec"]["settings"]["latent_dim"]
            plots.curve(axes, runs, "loss", color=color, label=f"latent {size}")
            plots.published_points(axes, curve(5, f"latent_{size}"), color=color)
        plots.label_epochs(axes, "training loss")
        plots.legend_below(axes, columns=4, published=True)


_NEEDS = tuple((name, "published") for name in ("vae_32", "vae_64", "vae_128"))
FIGURES = (Figure(5, "vae-loss.svg", _NEEDS, draw),)
