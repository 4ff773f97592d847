import os
import signal

import pytest

# What Make passes on to a Make that it starts, and the settings it takes from the environment.
_OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
_SETTINGS = ("PROFILE", "SEEDS", "STUDY", "DATA", "FACES", "DIGITS", "THREADS", "ALLOW_MISSING")
_MAKE_ALONE = ("CUDA", "JOBS", "LAUNCH", "WORK_DIR")


def pytest_configure():
    # Tests start Make and trainings, which must not inherit the settings that these tests run with.
    for name in (*_OF_MAKE, *_SETTINGS, *_MAKE_ALONE):
        os.environ.pop(name, None)
    # Each worker would take all of a GPU's memory, and the tolerances hold for a CPU.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # A shell's background job ignores Ctrl-C, and so would every training that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def runtime():
    """TensorFlow as every training starts it; imported only if a test requests this fixture."""
    from lib.system import runtime

    runtime.start(threads=1, seed=0)
    return runtime


def pytest_collection_modifyitems(items):
    # TensorFlow accepts settings only before its first operation, which any test might run.
    items.sort(key=lambda item: "runtime" not in getattr(item, "fixturenames", ()))
