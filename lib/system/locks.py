"""One process at a time, by locks that the system frees when their owner dies."""

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
def only_writer(path: Path, wait: bool = False) -> Iterator[None]:
    """Hold the lock of the file or folder `path` while the block runs.

    Where another process holds it, waits, saying so, or else raises UserError, naming the owner.
    Raises UserError where the lock, a file beside `path`, cannot be made.
    """
    try:
        lock = _open_lock(path)
    except OSError as error:
        raise UserError(f"cannot write {display(path.parent)}: {error.strerror}") from error
    with lock:
        if not _take(lock):
            if not wait:
                raise UserError(f"{display(path)} is being written by {_owner(lock)}; wait for it")
            _await(lock, path)
        yield


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait, saying so, for the lock of the file or folder `path` and hold it.

    Raises OSError where the lock, a file beside `path`, cannot be made.
    """
    with _open_lock(path) as lock:
        if not _take(lock):
            _await(lock, path)
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


def _await(lock: TextIO, path: Path) -> None:
    print(f"waiting for {_owner(lock)}, which writes {display(path)}", file=sys.stderr)
    fcntl.flock(lock, fcntl.LOCK_EX)
    _sign(lock)


def _sign(lock: TextIO) -> None:
    # A courtesy to those who wait: a full disk must not keep the owner from going on.
    with contextlib.suppress(OSError):
        os.truncate(lock.fileno(), 0)
        os.write(lock.fileno(), f"process {os.getpid()} on {socket.gethostname()}".encode())


def _owner(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read().strip() or "another process"
