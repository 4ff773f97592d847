"""A download that is not complete yet: its bytes on the disk, their hash, and its progress."""

import hashlib
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
        self._file = open(path, "a+b")  # noqa: SIM115 (closed in __exit__)
        self._file.seek(0)
        self._hash = hashlib.file_digest(self._file, "sha256")
        self.position = self._file.tell()
        self._progress = _progress(file, self.position)
        if self.position > file.size or (self.is_full and not self.is_correct):
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

    @property
    def is_correct(self) -> bool:
        """Whether it has exactly the remote file's bytes."""
        return self.is_full and self._hash.hexdigest() == self.expected.sha256

    def write(self, chunk: bytes) -> None:
        """Append the next bytes."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.position += len(chunk)
        self._progress.update(len(chunk))

    def restart(self) -> None:
        """Discard all bytes."""
        self._file.truncate(0)
        self._hash = hashlib.sha256()
        self.position = 0
        self._progress.initial = 0
        self._progress.reset()

    def sync(self) -> None:
        """Wait until the bytes are on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())


class _ProgressLines(tqdm):
    """Progress as whole lines, for log files."""

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Print a line, unless nothing was received yet or tqdm wants to clear the bar."""
        if msg is None and self.n > self.initial:
            print(self, file=sys.stderr, flush=True)


def _progress(file: RemoteFile, position: int) -> tqdm:
    """Return a bar on a terminal, and otherwise lines every LINE_SECONDS."""
    common = {
        "total": file.size,
        "initial": position,
        "desc": file.name,
        "unit": "B",
        "unit_scale": True,
        "leave": False,
    }
    if sys.stderr.isatty():
        return tqdm(**common)
    line = "{desc}: {percentage:.0f}% of {total_fmt}B, {rate_fmt}, {remaining} left"
    return _ProgressLines(
        **common, bar_format=line, mininterval=LINE_SECONDS, maxinterval=LINE_SECONDS
    )
