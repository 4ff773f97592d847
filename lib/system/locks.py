"""One writer at a time, by locks that the system releases when their owner dies."""

import contextlib
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from lib.system.errors import UserError
from lib.system.paths import display


@contextlib.contextmanager
def locked(path: Path, wait: bool = True) -> Iterator[None]:
    """Hold the lock of the file or folder `path` while the block runs.

    If another process holds it, print who that is and wait; without `wait`, raise UserError.
    Raises UserError if the lock, a hidden file next to `path`, cannot be written.
    """
    with _open_lock(path) as lock:
        _acquire(lock, path, wait)
        # The signature only informs those who wait: a full disk must not stop the owner.
        with contextlib.suppress(OSError):
            os.truncate(lock.fileno(), 0)
            os.write(lock.fileno(), f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield


def _open_lock(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(path.with_name(f".{path.name}.lock"), "a+", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"cannot write {display(path.parent)}: {error.strerror}; fix that and run this again"
        ) from error


def _acquire(lock: TextIO, path: Path, wait: bool) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = lock.read().strip() or "another process"
        if not wait:
            raise UserError(f"{display(path)} is being written by {owner}; wait for it") from None
        print(f"waiting for {owner}, which writes {display(path)}", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError:
        pass  # Some network file systems have no locks; a single process needs none.
