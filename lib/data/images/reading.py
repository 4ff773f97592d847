"""Read the images at a path: each decoded, resized to 64x64 pixels, in order, in bounded memory.

with open_images(path) as images:
    for image in images.read(limit=1000):
        image.name, image.pixels
    print(images.report.summary())
"""

import contextlib
import dataclasses
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lib.data.images import SIDE, opening, zips
from lib.data.images.listing import printable
from lib.data.images.resizing import resize
from lib.data.images.source import Entry, Load, Source
from lib.data.images.unusable import HIDDEN, UnusableError
from lib.data.workers import in_processes

BATCH = 250
_BATCH_BYTES = 16 << 20  # of entries that hold their bytes
_MINIMUM_PASS = 1000  # entries, since a compressed archive is read again for each pass
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
class Report:
    """What was used and what was skipped so far, complete when all images are read.

    `first` has the first name for each reason to skip, `remarks` counts what was done to colours,
    `readings` say how an array is understood.
    """

    used: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    readings: list[str] = field(default_factory=list)

    @property
    def skipped_many(self) -> bool:
        """Whether so many were skipped, besides hidden files, that the user should know why."""
        skipped = self.skipped.total() - self.skipped[HIDDEN]
        return skipped > 0 and skipped >= WARNING_FRACTION * (self.used + skipped)

    def summary(self) -> str:
        """Return the reasons to skip images in one line: counts, and the first name of each."""
        reasons = (
            f"{count:,} {reason} ({printable(self.first[reason])}{', ...' if count > 1 else ''})"
            for reason, count in self.skipped.most_common()
        )
        return ", ".join(reasons)


@dataclass
class Images:
    """The images at a path; `report` says what became of them."""

    source: Source
    report: Report = field(default_factory=Report)

    @property
    def count(self) -> int:
        """How many there are, usable or not."""
        return len(self.source.names)

    @property
    def is_single(self) -> bool:
        """Whether the path is an image file, and not a folder, an archive or an array of some."""
        return self.source.is_single

    def read(
        self,
        limit: int | None = None,
        on_skip: Callable[[str, str], object] = lambda name, reason: None,
    ) -> Iterator[NamedImage]:
        """Yield the first `limit` usable images, or all, in order.

        `on_skip` is called with the name of each image before them that is not used, and why.
        """
        limit = self.count if limit is None else limit
        for name, reason in self.source.skipped:
            self._skip(name, reason, on_skip)
        first = 0
        while first < self.count and self.report.used < limit:
            wanted = max(limit - self.report.used, _MINIMUM_PASS)
            last = min(first + wanted, self.count)
            with contextlib.closing(_in_order(self.source, first, last)) as results:
                for name, result in zip(self.source.names[first:last], results, strict=True):
                    if isinstance(result, str):
                        self._skip(name, result, on_skip)
                        continue
                    self.report.used += 1
                    self.report.sizes[result.size] += 1
                    if result.remark:
                        self.report.remarks[result.remark] += 1
                    yield NamedImage(name, result.pixels, result.size)
                    if self.report.used == limit:
                        return
            first = last

    def _skip(self, name: str, reason: str, on_skip: Callable[[str, str], object]) -> None:
        self.report.skipped[reason] += 1
        self.report.first.setdefault(reason, name)
        on_skip(name, reason)


@contextlib.contextmanager
def open_images(path: Path) -> Iterator[Images]:
    """Open the images at `path`: a folder, a zip or tar archive, an array, or one image.

    An array is of shape (count, height, width) for grey, or (count, height, width, channels), or
    (count, channels, height, width), with 1, 3 or 4 channels; its order is kept. All others are
    ordered by name. Raises UserError if there is nothing, or nothing of these kinds.
    """
    try:
        source = opening.opened(path)
        yield Images(source, Report(readings=source.readings))
    finally:
        zips.archive.cache_clear()


@dataclass(frozen=True)
class _Resized:
    """An image, either its pixels or where they are in the file of those that wait."""

    pixels: np.ndarray | int
    size: tuple[int, int]
    remark: str | None


def _in_order(source: Source, first: int, last: int) -> Iterator[_Resized | str]:
    """Yield the images first to last resized, or the reasons why they are unusable, in order.

    Images that come before their turn wait in a file, which has no name.
    """
    batches = _batches(source.entries(first, last))
    expected = -(-(last - first) // BATCH)
    waiting: dict[int, _Resized | str] = {}
    with tempfile.TemporaryFile() as file:
        for index, result in in_processes(_resized_batch, batches, expected):
            if index != first and not isinstance(result, str):
                place = file.seek(0, os.SEEK_END)
                file.write(result.pixels.tobytes())
                result = dataclasses.replace(result, pixels=place)
            waiting[index] = result
            while first in waiting:
                yield _restored(waiting.pop(first), file)
                first += 1


def _restored(result: _Resized | str, file: BinaryIO) -> _Resized | str:
    if isinstance(result, str) or not isinstance(result.pixels, int):
        return result
    file.seek(result.pixels)
    values = np.frombuffer(file.read(SIDE * SIDE * 3), np.uint8).reshape(SIDE, SIDE, 3)
    return dataclasses.replace(result, pixels=values)


def _batches(entries: Iterator[Entry]) -> Iterator[list[tuple[int, Load]]]:
    batch, held = [], 0
    for index, load, size in entries:
        batch.append((index, load))
        held += size
        if len(batch) == BATCH or held >= _BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _resized_batch(entries: Sequence[tuple[int, Load]]) -> list[tuple[int, _Resized | str]]:
    return [(index, _resized(load)) for index, load in entries]


def _resized(load: Load) -> _Resized | str:
    try:
        decoded = load()
    except UnusableError as error:
        return str(error)
    return _Resized(resize(decoded.image), decoded.size, decoded.remark)
