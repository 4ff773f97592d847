"""The user's own pictures, as the models of faces take them."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lib.data.image_sources import opened, resized
from lib.data.images import UnusableError, decode, resize
from lib.system.errors import UserError
from lib.system.paths import display


@dataclass(frozen=True)
class Picture:
    """A picture resized to uint8 (64, 64, 3), and its name."""

    name: str
    pixels: np.ndarray


def pictures(paths: Sequence[Path]) -> Iterator[Picture]:
    """Yield the pictures at `paths`: files, folders or archives.

    What is unusable is skipped, and reported in the end. Raises UserError if nothing is usable.
    """
    skipped, used = Counter(), 0
    for path in paths:
        for name, result in _read(path):
            if isinstance(result, str):
                skipped[result] += 1
            else:
                used += 1
                yield Picture(name, result)
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in skipped.most_common())
    if not used:
        given = " ".join(map(display, paths))
        raise UserError(f"{given}: no usable picture (skipped: {reasons or 'none there'})")
    if reasons:
        print(f"{used:,} pictures used; skipped: {reasons}", file=sys.stderr)


def _read(path: Path) -> Iterator[tuple[str, np.ndarray | str]]:
    if path.is_file() and path.suffix.lower() not in (".zip", ".npy"):
        try:
            yield path.name, resize(decode(path.read_bytes()))
        except UnusableError as error:
            yield path.name, str(error)
        return
    with opened(path) as source:
        for k, result in enumerate(resized(source.loaders), 1):
            yield f"{path.name} {k}", result if isinstance(result, str) else result.pixels
