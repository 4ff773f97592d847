"""The VAEs in the plane of rate and distortion, by the weight of their divergence (E1)."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.lines import Line2D

from figures import Figure
from lib import plots
from lib.runs import Run

_MARKERS = "os^DvPX*"


def draw(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw one point per run: colour by latent size, shape by reduction and batch size."""
    all_settings = [_settings(runs[0]) for runs in groups]
    colors = dict(zip(sorted({each["latent_dim"] for each in all_settings}), plots.PALETTE))  # noqa: B905
    ways = dict.fromkeys(map(_way, all_settings))
    markers = dict(zip(ways, _MARKERS))  # noqa: B905
    with plots.panels(path, height=2.6) as (axes,):
        for runs, settings in zip(groups, all_settings, strict=True):
            axes.plot(
                [run.result["metrics"]["kl_divergence"] for run in runs],
                [run.result["metrics"]["reconstruction_loss"] for run in runs],
                linestyle="none",
                marker=markers[_way(settings)],
                markersize=4,
                color=colors[settings["latent_dim"]],
            )
        axes.set(xlabel="rate: KL divergence, nats per image", ylabel="distortion: cross-entropy")
        axes.set_xscale("log")
        keys = [
            *(_key("o", color, f"latent {size}") for size, color in colors.items()),
            *(
                _key(marker, "#555555", f"KL {reduction}, batch {size}")
                for (reduction, size), marker in markers.items()
            ),
        ]
        axes.figure.legend(handles=keys, loc="outside lower center", ncols=3)


def _way(settings: dict) -> tuple[str, int]:
    return settings["kl_reduction"], settings["batch_size"]


def _settings(run: Run) -> dict:
    return run.config["identity"]["settings"]


def _key(marker: str, color: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="none", marker=marker, markersize=4, color=color, label=label)


_PUBLISHED = tuple((name, "published") for name in ("vae_32", "vae_64", "vae_128"))
_VARIANTS = ("mean-32", "mean-64", "mean-128", "sum-64-batch-64", "mean-64-batch-64")
_NEEDS = (*_PUBLISHED, *(("vae_kl_weight", variant) for variant in _VARIANTS))
FIGURES = (Figure(None, "kl-weight.svg", _NEEDS, draw),)
