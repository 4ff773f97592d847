"""Figures 12 and 13: image-to-text accuracy over the epochs, with and without augmentation."""

from collections.abc import Sequence
from pathlib import Path

from figures import Figure
from lib import plots
from lib.runs import Run
from report.published import published

_ENCODERS = {"flatten": "flattening LSTM", "convlstm": "ConvLSTM"}
# The original shows so many epochs, though it trained one model for twice as long.
LAST_EPOCH = published()["image2text"]["short_epochs"]


def draw(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw training and validation of each encoder, up to the last epoch that is shown."""
    with plots.panels(path) as (axes,):
        for runs, color in zip(groups, plots.PALETTE, strict=False):
            name = _ENCODERS[runs[0].config["identity"]["settings"]["encoder"]]
            style = {"color": color, "epochs": LAST_EPOCH}
            plots.curve(axes, runs, "accuracy", label=f"{name}, training", dashed=True, **style)
            plots.curve(axes, runs, "val_accuracy", label=f"{name}, validation", **style)
        plots.label_epochs(axes, "accuracy")
        axes.set_ylim(0, 1.03)
        plots.legend_below(axes, columns=2)


FIGURES = tuple(
    Figure(number, f"image2text-{kind}.svg", tuple(("image2text", name) for name in names), draw)
    for number, kind, names in (
        (12, "augmented", ("flatten", "convlstm")),
        (13, "unaugmented", ("flatten-unaugmented", "convlstm-unaugmented")),
    )
)
