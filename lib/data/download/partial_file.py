"""A download that is not complete yet."""

import hashlib
import os
from pathlib import Path

from lib.data.download.remote_files import RemoteFile
from lib.data.progress import download_progress


class PartialFile:
    """The bytes of a remote file that came so far: on the disk, hashed, and their progress shown.

    Raises OSError, here and in every method, for the disk.
    """

    def __init__(self, path: Path, file: RemoteFile):
        self.path = path
        self.expected = file
        self._file = open(path, "a+b")  # noqa: SIM115 (closed in __exit__)
        self._file.seek(0)
        self._hash = hashlib.file_digest(self._file, "sha256")
        self.position = self._file.tell()
        self._progress = download_progress(file.name, file.size, self.position)
        if self.position > file.size or (self.is_full and not self.is_right):
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
        """Whether as many bytes are there as the file has."""
        return self.position == self.expected.size

    @property
    def is_right(self) -> bool:
        """Whether exactly the file's bytes are there."""
        return self.is_full and self._hash.hexdigest() == self.expected.sha256

    def write(self, chunk: bytes) -> None:
        """Append the next bytes."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.position += len(chunk)
        self._progress.update(len(chunk))

    def restart(self) -> None:
        """Throw away what is there."""
        self._file.truncate(0)
        self._hash = hashlib.sha256()
        self.position = 0
        self._progress.reset()

    def sync(self) -> None:
        """Wait until the bytes are on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
