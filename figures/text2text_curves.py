"""Figure 11: text-to-text accuracy over the epochs, by the fraction of queries to train on."""

from pathlib import Path

from figures import Figure, Groups, pairs, plots, setting
from original.published import curve, published

# The splits whose curves are distinct in the original's figure.
_READ_OFF = ("train-10", "train-05")


def draw(groups: Groups, path: Path) -> None:
    """Draw training above validation, one curve per fraction, and published points."""
    with plots.panels(path, rows=2, height=3.6) as (training, validation):
        for runs, color in zip(groups, plots.ordinal_colors(len(groups)), strict=True):
            fraction = setting(runs, "train_fraction")
            plots.curve(training, runs, "accuracy", color=color, label=f"{fraction:.0%}")
            plots.curve(validation, runs, "val_accuracy", color=color)
            variant = runs[0].key.variant
            if variant in _READ_OFF:
                for axes, split in ((training, "training"), (validation, "validation")):
                    points = curve(11, f"{variant.replace('-', '_')}_{split}")
                    plots.published_points(axes, points, color=color)
        plots.label_epochs(training, "training accuracy", xlabel="")
        plots.label_epochs(validation, "validation accuracy")
        for axes in (training, validation):
            axes.set_ylim(0, 1.03)
        plots.legend_below(training, columns=4, published=True)


_NEEDS = pairs("text2text", published()["text2text"]["test_accuracy"])
FIGURES = (Figure(11, "text2text-curves.svg", _NEEDS, draw),)
