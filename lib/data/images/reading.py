"""Read the images at a path: each decoded, resized to 64x64 pixels, in order, in bounded memory.

with open_images(path) as images:
    for image in images.read(limit=1000):
        image.name, image.pixels
    print(images.summary())
"""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lib.data.images import opening, zips
from lib.data.images.listing import printable
from lib.data.images.pixels import resize
from lib.data.images.source import Entry, Source
from lib.data.images.unusable import HIDDEN, UnusableError
from lib.data.workers import in_processes

BATCH = 250
_BATCH_BYTES = 16 << 20  # of entries that hold their bytes
# Entries that are read in a pass. A tar archive is read again for each pass; its images wait for
# their turn in memory, 12 kB each.
_PASS = 20_000
WARNING_FRACTION = 0.05


@dataclass(frozen=True)
class NamedImage:
    """A usable image: uint8 RGB (64, 64, 3), and the width and height that its file has.

    The name is relative to the folder or archive; in an array, it is the index.
    """

    name: str
    pixels: np.ndarray
    size: tuple[int, int]


@dataclass
class Images:
    """The images at a path, and what was used and skipped so far.

    `skipped` has the name of each skipped image and the reason, `sizes` counts the sizes of files,
    `remarks` counts what was done to colours.
    """

    source: Source
    used: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many there are, usable or not."""
        return len(self.source.names)

    @property
    def reasons(self) -> Counter[str]:
        """How many images were skipped for each reason."""
        return Counter(reason for _, reason in self.skipped)

    @property
    def skipped_many(self) -> bool:
        """Whether so many were skipped, besides hidden files, that the user should know why."""
        skipped = len(self.skipped) - self.reasons[HIDDEN]
        return skipped > 0 and skipped >= WARNING_FRACTION * (self.used + skipped)

    def summary(self) -> str:
        """Return the reasons to skip images in one line: counts, and the first name of each."""
        first = {reason: printable(name) for name, reason in reversed(self.skipped)}
        reasons = (
            f"{count:,} {reason} ({first[reason]}{', ...' if count > 1 else ''})"
            for reason, count in self.reasons.most_common()
        )
        return ", ".join(reasons)

    def read(self, limit: int | None = None) -> Iterator[NamedImage]:
        """Yield the first `limit` usable images, or all, in order."""
        self.skipped += self.source.skipped
        for first in range(0, self.count, _PASS):
            last = min(first + _PASS, self.count)
            with contextlib.closing(_in_order(self.source, first, last)) as results:
                for name, result in zip(self.source.names[first:last], results, strict=True):
                    if isinstance(result, str):
                        self.skipped.append((name, result))
                        continue
                    pixels, size, remark = result
                    self.used += 1
                    self.sizes[size] += 1
                    if remark:
                        self.remarks[remark] += 1
                    yield NamedImage(name, pixels, size)
                    if self.used == limit:
                        return


@contextlib.contextmanager
def open_images(path: Path) -> Iterator[Images]:
    """Open the images at `path`: a folder, a zip or tar archive, an array, or one image.

    An array is of shape (count, height, width) for grey, or (count, height, width, channels), or
    (count, channels, height, width), with 1, 3 or 4 channels; its order is kept. All others are
    ordered by name. Raises UserError if there is nothing, or nothing of these kinds.
    """
    try:
        yield Images(opening.opened(path))
    finally:
        zips.archive.cache_clear()


# The pixels of an image, its size and a remark on its colours, or why it is unusable.
_Result = tuple[np.ndarray, tuple[int, int], str | None] | str


def _in_order(source: Source, first: int, last: int) -> Iterator[_Result]:
    """Yield what becomes of the images first to last, in order."""
    batches = _batches(source.entries(first, last))
    expected = -(-(last - first) // BATCH)
    waiting: dict[int, _Result] = {}
    for index, result in in_processes(_resized, batches, expected):
        waiting[index] = result
        while first in waiting:
            yield waiting.pop(first)
            first += 1


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    batch, held = [], 0
    for entry in entries:
        batch.append(entry)
        held += entry.size
        if len(batch) == BATCH or held >= _BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _resized(batch: list[Entry]) -> list[tuple[int, _Result]]:
    results = []
    for index, load, _ in batch:
        try:
            decoded = load()
            result = resize(decoded.image), decoded.size, decoded.remark
        except UnusableError as error:
            result = str(error)
        results.append((index, result))
    return results
