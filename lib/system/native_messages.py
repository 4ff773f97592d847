"""Messages of native code, which libraries write while being imported at any log level."""

import contextlib
import os
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Hold back what native code writes to stderr; show it if the block fails."""
    with tempfile.TemporaryFile() as messages:
        stderr = os.dup(2)
        os.dup2(messages.fileno(), 2)
        try:
            yield
        except BaseException:
            messages.seek(0)
            os.write(stderr, messages.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
