"""Figure 14: the digits that a text-to-image model generates, and those of its target."""

from pathlib import Path

from figures import Figure, Groups, plots


def draw(groups: Groups, path: Path) -> None:
    """Draw the prediction for the original's query above its target, from the first seed."""
    run = groups[0][0]
    rows = [run.samples[f"shown_{name}"][0] for name in ("predictions", "targets")]
    plots.image_rows(path, rows, ["predicted", "target"], scale=6)


FIGURES = (Figure(14, "text2image-sample.png", (("text2image", "1-1-512"),), draw),)
