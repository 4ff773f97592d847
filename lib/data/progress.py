"""How far a download is: a bar on a terminal, now and then a line in a log file."""

import sys
import time

from tqdm import tqdm

LINE_SECONDS = 15.0


class ProgressLines:
    """Tells, in whole lines, how far a download is: at most one every LINE_SECONDS."""

    def __init__(self, name: str, total: int, position: int):
        self._name = name
        self._total = total
        self.reset(position)

    def reset(self, position: int = 0) -> None:
        """Start over at `position`, in bytes."""
        self._first = self._position = position
        self._started = self._told = time.monotonic()

    def update(self, count: int) -> None:
        """Count some more bytes."""
        self._position += count
        if time.monotonic() - self._told >= LINE_SECONDS:
            self._told = time.monotonic()
            print(self._line(), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Do nothing, where a bar would be wiped away."""

    def _line(self) -> str:
        rate = (self._position - self._first) / (self._told - self._started)
        left = tqdm.format_interval((self._total - self._position) / rate)
        return (
            f"{self._name}: {self._position / 1e6:,.1f} of {self._total / 1e6:,.1f} MB "
            f"({self._position / self._total:.0%}), {rate / 1e6:,.1f} MB/s, {left} left"
        )


def download_progress(name: str, total: int, position: int) -> tqdm | ProgressLines:
    """Return what shows a download of `total` bytes, of which `position` are there already."""
    if not sys.stderr.isatty():
        return ProgressLines(name, total, position)
    return tqdm(
        total=total,
        initial=position,
        desc=name,
        unit="B",
        unit_scale=True,
        leave=False,
        file=sys.stderr,
    )
