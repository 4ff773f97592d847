"""Figure 10: text-to-text test accuracy by the fraction of the queries to train on.

The original shows per-character accuracy only; this figure adds exact match (E6).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from figures import Figure, plots
from lib.metrics.intervals import mean_interval
from lib.runs.directories import Run
from original.published import published

_BAR = 0.27


def draw(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw three bars per fraction: published, reproduced, and reproduced exact match."""
    known = published()["text2text"]["test_accuracy"]
    places = np.arange(len(groups))
    with plots.panels(path, height=2.2) as (axes,):
        heights = [known[runs[0].key.variant] for runs in groups]
        axes.bar(places - _BAR, heights, _BAR, color="#999999", label="published, per character")
        for position, metric, color, label in (
            (places, "test_accuracy", plots.PALETTE[0], "reproduced, per character"),
            (places + _BAR, "test_exact_match", plots.PALETTE[4], "reproduced, exact match"),
        ):
            _bars(axes, position, groups, metric, color, label)
        settings = [runs[0].config["spec"]["settings"] for runs in groups]
        axes.set_xticks(places, [f"{each['train_fraction']:.0%}" for each in settings])
        axes.set(xlabel="fraction of the queries to train on", ylabel="test accuracy")
        axes.set_ylim(0, 1.03)
        axes.grid(visible=False, axis="x")
        plots.legend_below(axes, columns=2)


def _bars(
    axes: plots.Axes,
    places: np.ndarray,
    groups: Sequence[Sequence[Run]],
    metric: str,
    color: str,
    label: str,
) -> None:
    intervals = [mean_interval([run.result["metrics"][metric] for run in runs]) for runs in groups]
    means = [mean for mean, _ in intervals]
    axes.bar(places, means, _BAR, color=color, label=label)
    if len(groups[0]) > 1:
        half_widths = [half_width for _, half_width in intervals]
        axes.errorbar(places, means, half_widths, fmt="none", ecolor="black", lw=0.8)


_NEEDS = tuple(("text2text", variant) for variant in published()["text2text"]["test_accuracy"])
FIGURES = (Figure(10, "text2text-accuracy.svg", _NEEDS, draw),)
