"""Figure 10: text-to-text test accuracy by the fraction of the queries to train on.

The original shows per-character accuracy only; this figure adds exact match (E6).
"""

from pathlib import Path

import numpy as np

from figures import Figure, Groups, pairs, plots, setting
from lib.metrics.intervals import mean_interval
from original.published import published

_BAR = 0.27


def draw(groups: Groups, path: Path) -> None:
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
            numbers = [[run.result["metrics"][metric] for run in runs] for runs in groups]
            means, half_widths = zip(*map(mean_interval, numbers), strict=True)
            axes.bar(position, means, _BAR, color=color, label=label)
            # NaN draws no bar: one seed has no interval.
            known_widths = [np.nan if each is None else each for each in half_widths]
            if not np.isnan(known_widths).all():
                axes.errorbar(position, means, known_widths, fmt="none", ecolor="black", lw=0.8)
        axes.set_xticks(places, [f"{setting(runs, 'train_fraction'):.0%}" for runs in groups])
        axes.set(xlabel="fraction of the queries to train on", ylabel="test accuracy")
        axes.set_ylim(0, 1.03)
        axes.grid(visible=False, axis="x")
        plots.legend_below(axes, columns=2)


_NEEDS = pairs("text2text", published()["text2text"]["test_accuracy"])
FIGURES = (Figure(10, "text2text-accuracy.svg", _NEEDS, draw),)
