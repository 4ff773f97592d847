"""The user's own images, as the models of faces take them."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lib.data.images.reading import NamedImage, open_images
from lib.system.errors import UserError
from lib.system.paths import display


def own_images(paths: Sequence[Path]) -> Iterator[NamedImage]:
    """Yield the images at `paths`, each an image, a folder, an archive or an array of some.

    What is unusable is skipped, and reported after the last. Raises UserError if nothing is usable.
    """
    used, reasons = 0, []
    for path in paths:
        with open_images(path) as images:
            yield from images.read()
            used += images.used
            if images.skipped:
                reasons.append(images.summary())
    skipped = "; ".join(reasons)
    if not used:
        given = " ".join(map(display, paths))
        raise UserError(f"{given}: no usable image (skipped: {skipped or 'none there'})")
    if skipped:
        print(f"{used:,} images used; skipped: {skipped}", file=sys.stderr)
