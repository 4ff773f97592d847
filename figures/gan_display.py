"""GAN samples as the original displayed them, and mapped to the displayed range (E2).

The generator's values run from -1 to 1. The original passed them to a display that expects 0 to 1
and shows smaller values as black.
"""

from pathlib import Path

import numpy as np

from figures import Figure, Groups, plots


def as_published(images: np.ndarray) -> np.ndarray:
    """Return uint8 `images`, mapped from [-1, 1], with the negative half clipped to black."""
    return np.maximum(2 * images.astype(np.int16) - 255, 0).astype(np.uint8)


def draw(groups: Groups, path: Path) -> None:
    """Draw the first seed's samples after the first epoch, clipped above mapped."""
    images = groups[0][0].samples["samples"][0]
    plots.image_rows(path, [as_published(images), images], ["clipped", "mapped"])


FIGURES = (Figure(None, "gan-display.png", (("gan_first_epoch", "published"),), draw),)
