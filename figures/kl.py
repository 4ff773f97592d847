"""KL divergence (rate) and reconstruction loss (distortion) of the VAEs, by their loss (E1)."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.lines import Line2D

from figures import Figure, plots
from lib.runs.directories import Run

_MARKERS = {"none": "o", "sum": "s", "mean": "^"}
_LABELS = {"none": "not in the loss", "sum": "summed", "mean": "averaged"}


def draw(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw one point per run: the colour is the latent size, the shape the KL term of the loss."""
    all_settings = [_settings(runs[0]) for runs in groups]
    colors = dict(zip(sorted({each["latent_dim"] for each in all_settings}), plots.PALETTE))  # noqa: B905
    with plots.panels(path, height=2.6) as (axes,):
        for runs, settings in zip(groups, all_settings, strict=True):
            axes.plot(
                [run.result["metrics"]["kl_divergence"] for run in runs],
                [run.result["metrics"]["reconstruction_loss"] for run in runs],
                linestyle="none",
                marker=_MARKERS[settings["kl"]],
                markersize=4,
                color=colors[settings["latent_dim"]],
            )
        axes.set(xlabel="rate: KL divergence, nats per image", ylabel="distortion: cross-entropy")
        axes.set_xscale("log")
        keys = [
            *(_key("o", color, f"latent {size}") for size, color in colors.items()),
            *(_key(marker, "#555555", f"KL {_LABELS[kl]}") for kl, marker in _MARKERS.items()),
        ]
        axes.figure.legend(handles=keys, loc="outside lower center", ncols=3)


def _settings(run: Run) -> dict:
    return run.config["spec"]["settings"]


def _key(marker: str, color: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="none", marker=marker, markersize=4, color=color, label=label)


_PUBLISHED = tuple((name, "published") for name in ("vae_32", "vae_64", "vae_128"))
_VARIANTS = tuple(f"{kl}-{size}" for kl in ("sum", "mean") for size in (32, 64, 128))
_NEEDS = (*_PUBLISHED, *(("vae_ablation", variant) for variant in _VARIANTS))
FIGURES = (Figure(None, "kl.svg", _NEEDS, draw),)
