"""Figure 15: text-to-image loss and mean absolute error over the epochs, for every depth."""

from collections.abc import Sequence
from pathlib import Path

from figures import Figure, plots
from lib.runs.directories import Run
from original.published import curve, published

_READ_OFF = "1-1-512"  # the model in the original's figure 15


def draw(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw the loss above the error: validation solid, training dashed, and published points."""
    with plots.panels(path, rows=2, height=3.6) as (loss, error):
        for runs, color in zip(groups, plots.PALETTE, strict=False):
            label = runs[0].key.variant.replace("-", "/")
            for axes, metric in ((loss, "loss"), (error, "mae")):
                plots.curve(axes, runs, metric, color=color, dashed=True)
                plots.curve(axes, runs, f"val_{metric}", color=color, label=label)
            if runs[0].key.variant == _READ_OFF:
                for axes, metric in ((loss, "loss"), (error, "mae")):
                    for split in ("training", "validation"):
                        points = curve(15, f"{split}_{metric}")
                        hollow = split == "validation"
                        plots.published_points(axes, points, color=color, hollow=hollow)
        plots.label_epochs(loss, "mean squared error", xlabel="")
        plots.label_epochs(error, "mean absolute error")
        plots.legend_below(loss, columns=3, published=True)


_NEEDS = tuple(("text2image", variant) for variant in published()["text2image"])
FIGURES = (Figure(15, "text2image-curves.svg", _NEEDS, draw),)
