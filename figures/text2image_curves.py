"""Figure 15: text-to-image loss and mean absolute error over the epochs, for every depth."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from figures import Figure, Groups, pairs, plots
from original.published import curve, published

_MARGIN = 0.05  # of the axis
_READ_OFF = "1-1-512"  # the model in the original's figure 15


def draw(groups: Groups, path: Path) -> None:
    """Draw the loss above the error: validation solid, training dashed, and published points."""
    with plots.panels(path, rows=2, height=3.6) as (loss, error):
        for runs, color in zip(groups, plots.PALETTE, strict=False):
            label = runs[0].key.variant.replace("-", "/")
            for axes, metric in ((loss, "loss"), (error, "mae")):
                plots.curve(axes, runs, metric, color=color, dashed=True)
                plots.curve(axes, runs, f"val_{metric}", color=color, label=label)
                if runs[0].key.variant == _READ_OFF:
                    training, validation = (
                        curve(15, f"{split}_{metric}") for split in ("training", "validation")
                    )
                    plots.published_points(axes, training, color=color, hollow=False)
                    plots.published_points(axes, validation, color=color)
        for axes in (loss, error):
            _leave_room_from_second_epoch(axes)
        plots.label_epochs(loss, "mean squared error", xlabel="")
        plots.label_epochs(error, "mean absolute error")
        plots.legend_below(loss, columns=3, published=True)


def _leave_room_from_second_epoch(axes: Axes) -> None:
    """Limit the axis to errors after the first epoch: in training, the first is far above."""
    epochs, errors = np.concatenate([line.get_xydata() for line in axes.lines]).T
    later = errors[epochs > 1]
    if len(later):
        low, high = later.min(), later.max()
        axes.set_ylim(low - _MARGIN * (high - low), high + _MARGIN * (high - low))


_NEEDS = pairs("text2image", published()["text2image"])
FIGURES = (Figure(15, "text2image-curves.svg", _NEEDS, draw),)
