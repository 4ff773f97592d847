"""One process at a time, by locks that the system frees when their owner dies."""

import contextlib
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from lib.errors import UserError
from lib.paths import display


@contextlib.contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the lock of the file or folder `path` while the block runs.

    Raises UserError, naming the owner, where another process holds it.
    """
    try:
        lock = _open_lock(path)
    except OSError as error:
        raise UserError(f"cannot write {display(path.parent)}: {error.strerror}") from error
    with lock:
        if not _take(lock):
            raise UserError(f"{display(path)} is being written by {_owner(lock)}; wait for it")
        yield


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait, saying so, for the lock of the file or folder `path` and hold it.

    Raises OSError where the lock, a file beside `path`, cannot be made.
    """
    with _open_lock(path) as lock:
        if not _take(lock):
            print(f"waiting for {_owner(lock)}, which writes {display(path)}", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
            _sign(lock)
        yield


def _open_lock(path: Path) -> TextIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return open(path.with_name(f".{path.name}.lock"), "a+", encoding="utf-8")


def _take(lock: TextIO) -> bool:
    """Take the lock, unless another process holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network file systems know no locks; a lone program needs none.
        pass
    _sign(lock)
    return True


def _sign(lock: TextIO) -> None:
    lock.truncate(0)
    lock.write(f"process {os.getpid()} on {socket.gethostname()}")
    lock.flush()


def _owner(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read().strip() or "another process"
