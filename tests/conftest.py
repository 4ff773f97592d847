import signal

import pytest


def pytest_configure():
    # A shell's background job ignores Ctrl-C, and so would every training that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def runtime():
    """TensorFlow as every training starts it; imported only when a test asks for this."""
    from lib import runtime

    runtime.start(threads=1, seed=0)
    return runtime


def pytest_collection_modifyitems(items):
    # TensorFlow takes its settings only before its first operation, which is in any test's power.
    items.sort(key=lambda item: "runtime" not in getattr(item, "fixturenames", ()))
