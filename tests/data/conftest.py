import contextlib
import os

import pytest

from tests.data.mirrors import Mirror, closed_url


@pytest.fixture
def no_proxy(monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def offline(no_proxy, monkeypatch):
    """Send every download to a proxy that is not there."""
    monkeypatch.setenv("https_proxy", closed_url())


@pytest.fixture
def mirror():
    """Start mirrors; all are closed when the test ends."""
    with contextlib.ExitStack() as mirrors:

        def start(content: bytes = b"", **faults) -> Mirror:
            server = mirrors.enter_context(Mirror(content, **faults))
            mirrors.callback(server.shutdown)
            return server

        yield start


@pytest.fixture
def faces_folder(tmp_path):
    return tmp_path / "data" / "faces"
