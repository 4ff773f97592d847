import contextlib
import os

import pytest

from tests.data.mirrors import Mirror


@pytest.fixture
def no_proxy(monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def mirror():
    """Start mirrors; all are closed when the test ends."""
    with contextlib.ExitStack() as mirrors:

        def start(content: bytes = b"", **faults) -> Mirror:
            server = mirrors.enter_context(Mirror(content, **faults))
            mirrors.callback(server.shutdown)
            return server

        yield start
