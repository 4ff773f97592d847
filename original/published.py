"""What the original published: its numbers, its curves, its claims, and its suspected defects."""

import functools
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("published.toml")


@functools.cache
def published() -> dict:
    """Return the content of published.toml."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def curve(figure: int, name: str) -> dict[int, float]:
    """Return the points of a published curve: the value by the number of epochs trained.

    Empty if there is no curve of that name, for example for a changed setting.
    """
    points = published()["curves"][f"figure_{figure}"]
    # The original counts from 0, but figure 13 ends at its number of epochs.
    last = published()["image2text"]["unaugmented_epochs"]
    trained = [min(epoch + 1, last) for epoch in points["epoch"]]
    return dict(zip(trained, points[name], strict=True)) if name in points else {}
