"""The metrics of a run over its epochs, as one image of small panels."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lib.runs.directories import metrics_of_epoch
from lib.system import files

COLUMNS = 3
_VALIDATION = "val_"


def draw(history: Sequence[dict], path: Path) -> None:
    """Draw a panel for each metric of `history`, with that of the validation split, as PNG."""
    names = list(metrics_of_epoch(history[0]))
    titles = list(dict.fromkeys(name.removeprefix(_VALIDATION) for name in names))
    rows = -(-len(titles) // COLUMNS)
    columns = min(COLUMNS, len(titles))
    figure = Figure(figsize=(3 * columns, 2.2 * rows), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, title in zip(panels, titles, strict=False):
        for name, label in ((title, "training"), (f"{_VALIDATION}{title}", "validation")):
            if name in names:
                values = [epoch.get(name) for epoch in history]
                numbers = range(1, len(values) + 1)
                panel.plot(numbers, values, label=label, marker="." if len(values) < 30 else None)
        panel.set_title(title.replace("_", " "), fontsize=9)
        panel.set_xlabel("epoch", fontsize=8)
        panel.tick_params(labelsize=8)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(panel.lines) > 1:
            panel.legend(frameon=False, fontsize=8)
    for panel in panels[len(titles) :]:
        panel.set_axis_off()
    with files.replaced(path) as temporary:
        figure.savefig(temporary)
