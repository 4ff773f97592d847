"""Figures 12 and 13: image-to-text accuracy over the epochs, with and without augmentation."""

from pathlib import Path

from figures import Figure, Groups, pairs, plots, setting
from original.published import curve, published

_ENCODERS = {"flatten": "flattening LSTM", "convlstm": "ConvLSTM"}


def _draw(groups: Groups, path: Path, figure: int, epochs: int) -> None:
    """Draw training and validation accuracy of each encoder and the published points."""
    with plots.panels(path) as (axes,):
        for runs, color in zip(groups, plots.PALETTE, strict=False):
            encoder = setting(runs, "encoder")
            name, style = _ENCODERS[encoder], {"color": color, "epochs": epochs}
            plots.curve(axes, runs, "accuracy", label=f"{name}, training", dashed=True, **style)
            plots.curve(axes, runs, "val_accuracy", label=f"{name}, validation", **style)
            for split in ("training", "validation"):
                points = curve(figure, f"{encoder}_{split}")
                hollow = split == "validation"
                plots.published_points(axes, points, color=color, hollow=hollow)
        plots.label_epochs(axes, "accuracy")
        plots.legend_below(axes, columns=2, published=True)


def draw_augmented(groups: Groups, path: Path) -> None:
    """Draw figure 12 up to the original's last epoch, although one model trains for longer."""
    _draw(groups, path, 12, published()["image2text"]["augmented_epochs"])


def draw_unaugmented(groups: Groups, path: Path) -> None:
    """Draw figure 13."""
    _draw(groups, path, 13, published()["image2text"]["unaugmented_epochs"])


_AUGMENTED = pairs("image2text", ("flatten", "convlstm"))
_UNAUGMENTED = pairs("image2text", ("flatten-unaugmented", "convlstm-unaugmented"))
FIGURES = (
    Figure(12, "image2text-augmented.svg", _AUGMENTED, draw_augmented),
    Figure(13, "image2text-unaugmented.svg", _UNAUGMENTED, draw_unaugmented),
)
