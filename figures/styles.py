"""Answers that the corrected text-to-image model generates, each in the same ten styles."""

from pathlib import Path

from figures import Figure, Groups, plots
from lib.visual.sheets import strips


def draw(groups: Groups, path: Path) -> None:
    """Draw a row for each stored answer, a column for each style, from the first seed."""
    run = groups[0][0]
    rows = [strips(styles) for styles in run.samples["styles"]]
    labels = [f"{each['query']}={each['answer']}" for each in run.result["examples"]]
    plots.image_rows(path, rows, labels)


FIGURES = (Figure(None, "styles.png", (("text2image_corrected", "corrected"),), draw),)
