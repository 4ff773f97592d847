"""What decoders in native code write to stderr: caught, because it tells the user nothing."""

import contextlib
import functools
import os
from collections.abc import Iterator


@functools.cache
def _file() -> int:
    return os.memfd_create("messages")


@contextlib.contextmanager
def caught() -> Iterator[int]:
    """Send what native code writes to stderr to a file in memory; yield its descriptor."""
    file = _file()
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    try:
        stderr = os.dup(2)
    except OSError:  # it is closed
        stderr = None
    os.dup2(file, 2)
    try:
        yield file
    finally:
        if stderr is None:
            os.close(2)
        else:
            os.dup2(stderr, 2)
            os.close(stderr)
