"""Figures 12 and 13: image-to-text accuracy over the epochs, with and without augmentation."""

from collections.abc import Sequence
from pathlib import Path

from figures import Figure, plots
from lib.runs.directories import Run
from original.published import curve, published

_ENCODERS = {"flatten": "flattening LSTM", "convlstm": "ConvLSTM"}


def _draw(groups: Sequence[Sequence[Run]], path: Path, figure: int, epochs: int) -> None:
    """Draw training and validation accuracy of each encoder and the published points."""
    with plots.panels(path) as (axes,):
        for runs, color in zip(groups, plots.PALETTE, strict=False):
            encoder = runs[0].config["spec"]["settings"]["encoder"]
            name, style = _ENCODERS[encoder], {"color": color, "epochs": epochs}
            plots.curve(axes, runs, "accuracy", label=f"{name}, training", dashed=True, **style)
            plots.curve(axes, runs, "val_accuracy", label=f"{name}, validation", **style)
            for split in ("training", "validation"):
                points = curve(figure, f"{encoder}_{split}")
                hollow = split == "validation"
                plots.published_points(axes, points, color=color, hollow=hollow)
        plots.label_epochs(axes, "accuracy")
        plots.legend_below(axes, columns=2, published=True)


def draw_augmented(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw figure 12 up to the original's last epoch, although one model trains for longer."""
    _draw(groups, path, 12, published()["image2text"]["augmented_epochs"])


def draw_unaugmented(groups: Sequence[Sequence[Run]], path: Path) -> None:
    """Draw figure 13."""
    _draw(groups, path, 13, published()["image2text"]["unaugmented_epochs"])


FIGURES = tuple(
    Figure(number, f"image2text-{kind}.svg", tuple(("image2text", name) for name in names), draw)
    for number, kind, names, draw in (
        (12, "augmented", ("flatten", "convlstm"), draw_augmented),
        (13, "unaugmented", ("flatten-unaugmented", "convlstm-unaugmented"), draw_unaugmented),
    )
)
