"""Answers that the corrected text-to-image model generates, each in the same ten styles."""

from pathlib import Path

import numpy as np

from figures import Figure, Groups, plots


def draw(groups: Groups, path: Path) -> None:
    """Draw a row for each stored answer, a column for each style, from the first seed."""
    run = groups[0][0]
    drawn = run.samples["styles"]
    rows = [np.concatenate(list(np.moveaxis(styles, 1, 0)), axis=-1) for styles in drawn]
    labels = [f"{each['query']}={each['answer']}" for each in run.result["examples"]]
    plots.image_rows(path, rows, labels)


FIGURES = (Figure(None, "styles.png", (("text2image_corrected", "corrected"),), draw),)
