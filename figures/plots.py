"""The common style of all figures: sizes, colours, curves over epochs, rows of images."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from lib.metrics.intervals import mean_interval
from lib.runs.directories import Run
from lib.system.files import replaced

COLUMN_WIDTH = 3.3  # inches, of one of the report's two columns
# Okabe and Ito's palette, distinct under every common colour blindness; without its yellow, which
# is too pale for a line on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 7,
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 7,
    "axes.linewidth": 0.6,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.1,
    "legend.frameon": False,
    "legend.fontsize": 6.5,
    "legend.handlelength": 1.6,
    "svg.fonttype": "path",
    "svg.hashsalt": "figures",
}
# Pixels per inch of the image rows: a power of two keeps sizes in pixels exact as inches.
_IMAGE_DPI = 256
_GAP = 6  # pixels between images
_POINTS = {"linestyle": "none", "marker": "o", "markersize": 2.5}


@contextlib.contextmanager
def panels(path: Path, rows: int = 1, height: float = 2.1) -> Iterator[list[Axes]]:
    """Yield `rows` axes, one above the other, of `height` inches in all; then save them as SVG."""
    with mpl.rc_context({**mpl.rcParamsDefault, **_STYLE, "backend": "agg"}):
        figure = Figure(figsize=(COLUMN_WIDTH, height), layout="constrained")
        yield list(figure.subplots(rows, 1, squeeze=False)[:, 0])
        with replaced(path) as temporary:
            figure.savefig(temporary, metadata={"Date": None})


def ordinal_colors(count: int) -> list[tuple]:
    """Return `count` colours from dark to light, for ordered values."""
    return [mpl.colormaps["viridis"](position) for position in np.linspace(0, 0.85, count)]


def over_seeds(
    runs: Sequence[Run], metric: str, epochs: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and half-width of the 95% interval of a metric over the seeds, each (epochs,).

    Ends at the last epoch that any seed reached, or after `epochs`. The mean is that of the seeds
    which reached an epoch. The half-width is 0 for one seed, and once a seed has ended.
    """
    series = [run.series(metric) for run in runs]
    means, half_widths = [], []
    for epoch in range(max(map(len, series)))[:epochs]:
        values = [each[epoch] for each in series if epoch < len(each)]
        mean, half_width = mean_interval(values)
        means.append(mean)
        half_widths.append((half_width or 0.0) if len(values) == len(series) else 0.0)
    return np.array(means), np.array(half_widths)


def curve(
    axes: Axes,
    runs: Sequence[Run],
    metric: str,
    *,
    color: object,
    label: str | None = None,
    dashed: bool = False,
    epochs: int | None = None,
) -> None:
    """Draw a metric over the epochs: the seeds' mean, within a band of its 95% interval."""
    mean, half_width = over_seeds(runs, metric, epochs)
    numbers = np.arange(1, len(mean) + 1)
    # One epoch makes no line; a marker keeps it visible.
    marker = "o" if len(mean) < 3 else None
    line = {"color": color, "label": label, "linestyle": "--" if dashed else "-"}
    axes.plot(numbers, mean, marker=marker, markersize=2.5, **line)
    if len(runs) > 1:
        band = (mean - half_width, mean + half_width)
        axes.fill_between(numbers, *band, color=color, alpha=0.2, linewidth=0)


def published_points(
    axes: Axes, points: Mapping[int, float], *, color: object, hollow: bool = True
) -> None:
    """Draw the points of a published curve, by number of epochs.

    Where training and validation share a panel, validation is hollow.
    """
    face = "white" if hollow else color
    style = {"color": color, "markerfacecolor": face, "markeredgewidth": 0.7, "zorder": 3}
    axes.plot(list(points), list(points.values()), **_POINTS, **style)


def label_epochs(axes: Axes, ylabel: str, xlabel: str = "epoch") -> None:
    """Label the axes of curves over the epochs, with ticks at whole epochs."""
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def legend_below(axes: Axes, columns: int, published: bool = False) -> None:
    """Put the legend of `axes` below all panels of its figure.

    `published` adds an entry for the points of published curves.
    """
    handles, labels = axes.get_legend_handles_labels()
    if published:
        points = Line2D([], [], color="#555555", markerfacecolor="white", **_POINTS)
        handles = [*handles, points]
        labels = [*labels, "published"]
    axes.figure.legend(handles, labels, loc="outside lower center", ncols=columns)


def image_rows(
    path: Path, rows: Sequence[np.ndarray], labels: Sequence[str], scale: int = 2
) -> None:
    """Save labelled rows of images as a PNG without smoothing.

    Each row is uint8 of shape (images, height, width) or (images, height, width, 3).
    """
    canvas = _tile(rows, scale)
    margin = 150  # pixels, for the labels
    height, width = canvas.shape[0], canvas.shape[1] + margin
    row_height = (height + _GAP) / len(rows)
    with mpl.rc_context({**mpl.rcParamsDefault, **_STYLE, "backend": "agg"}):
        figure = Figure(figsize=(width / _IMAGE_DPI, height / _IMAGE_DPI), dpi=_IMAGE_DPI)
        figure.figimage(canvas, xo=margin, yo=0, origin="upper")
        for index, label in enumerate(labels):
            middle = height - index * row_height - (row_height - _GAP) / 2
            position = ((margin - 12) / width, middle / height)
            figure.text(*position, label, ha="right", va="center", size=6)
        with replaced(path) as temporary:
            figure.savefig(temporary, dpi=_IMAGE_DPI, metadata={"Software": None})


def _tile(rows: Sequence[np.ndarray], scale: int) -> np.ndarray:
    """Return all rows in one uint8 image of shape (height, width, 3) with a white background."""
    rows = [row if row.ndim == 4 else row[..., None].repeat(3, -1) for row in rows]
    enlarged = [row.repeat(scale, 1).repeat(scale, 2) for row in rows]
    most = max(map(len, enlarged))
    white = {"mode": "constant", "constant_values": 255}
    padded = [
        np.pad(row, [(0, most - len(row)), (0, _GAP), (0, _GAP), (0, 0)], **white)
        for row in enlarged
    ]
    canvas = np.concatenate([np.concatenate(row, axis=1) for row in padded])
    return canvas[:-_GAP, :-_GAP]
