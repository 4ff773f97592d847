"""A download that is not complete yet: its bytes on the disk, and its progress."""

import os
import sys
from pathlib import Path

from tqdm import tqdm

from lib.data.download.remote_files import RemoteFile

LINE_SECONDS = 15  # between two lines of progress in a log file


class PartialFile:
    """The bytes of a remote file that were received so far.

    Raises OSError, here and in every method, for the disk.
    """

    def __init__(self, path: Path, file: RemoteFile):
        self.path = path
        self.expected = file
        self._file = open(path, "ab")  # noqa: SIM115 (closed in __exit__)
        self.position = self._file.tell()
        self._progress = _progress(file, self.position)
        if self.position > file.size:
            self.restart()

    def __enter__(self) -> "PartialFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.close()
        self._file.close()
        if self.position == 0:
            self.path.unlink(missing_ok=True)

    @property
    def is_full(self) -> bool:
        """Whether it has as many bytes as the remote file."""
        return self.position == self.expected.size

    def is_correct(self) -> bool:
        """Return whether it has exactly the remote file's bytes."""
        self._file.flush()
        return self.expected.is_at(self.path)

    def write(self, chunk: bytes) -> None:
        """Append the next bytes."""
        self._file.write(chunk)
        self.position += len(chunk)
        self._progress.update(len(chunk))

    def restart(self) -> None:
        """Discard all bytes."""
        self._file.truncate(0)
        self.position = 0
        self._progress.initial = 0
        self._progress.reset()

    def rename(self, path: Path) -> None:
        """Give the file its final name, once its bytes are on the disk."""
        os.fsync(self._file.fileno())
        os.replace(self.path, path)


class _ProgressLines(tqdm):
    """Progress as whole lines, for log files."""

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Print a line, unless nothing was received yet or tqdm wants to clear the bar."""
        if msg is None and self.n > self.initial:
            print(self, file=sys.stderr, flush=True)


def _progress(file: RemoteFile, position: int) -> tqdm:
    """Return a bar on a terminal, and otherwise lines every LINE_SECONDS."""
    options = {"total": file.size, "initial": position, "desc": file.name, "leave": False}
    options |= {"unit": "B", "unit_scale": True}
    if sys.stderr.isatty():
        return tqdm(**options)
    line = "{desc}: {percentage:.0f}% of {total_fmt}B, {rate_fmt}, {remaining} left"
    options |= {"mininterval": LINE_SECONDS, "maxinterval": LINE_SECONDS}
    return _ProgressLines(bar_format=line, **options)
