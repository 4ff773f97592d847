"""KL divergence (rate) and reconstruction loss (distortion) of the VAEs, by their loss (E1)."""

from pathlib import Path

from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from figures import VAES, Figure, Groups, pairs, plots, setting

_MARKERS = {"none": "o", "sum": "s", "mean": "^"}
_LABELS = {"none": "not in the loss", "sum": "summed", "mean": "averaged"}


def draw(groups: Groups, path: Path) -> None:
    """Draw one point per run: the colour is the latent size, the shape the KL term of the loss."""
    sizes = sorted({setting(runs, "latent_dim") for runs in groups})
    colors = dict(zip(sizes, plots.PALETTE, strict=False))
    with plots.panels(path, height=2.6) as (axes,):
        for runs in groups:
            axes.plot(
                [run.result["metrics"]["kl_divergence"] for run in runs],
                [run.result["metrics"]["reconstruction_loss"] for run in runs],
                linestyle="none",
                marker=_MARKERS[setting(runs, "kl")],
                markersize=4,
                color=colors[setting(runs, "latent_dim")],
            )
        axes.set(xlabel="rate: KL divergence, nats per image", ylabel="distortion: cross-entropy")
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        keys = [
            *(_key("o", color, f"latent {size}") for size, color in colors.items()),
            *(_key(marker, "#555555", f"KL {_LABELS[kl]}") for kl, marker in _MARKERS.items()),
        ]
        axes.figure.legend(handles=keys, loc="outside lower center", ncols=3)


def _key(marker: str, color: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="none", marker=marker, markersize=4, color=color, label=label)


_VARIANTS = [f"{kl}-{size}" for kl in ("sum", "mean") for size in (32, 64, 128)]
FIGURES = (Figure(None, "kl.svg", (*VAES, *pairs("vae_ablation", _VARIANTS)), draw),)
