import os
import signal

import pytest

# Variables that Make hands to the Makes that it starts, and settings in the environment.
_OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
_SETTINGS = ("PROFILE", "SEEDS", "STUDY", "DATA", "FACES", "DIGITS", "THREADS", "ALLOW_MISSING")
_MAKE_ALONE = ("CUDA", "JOBS", "LAUNCH", "WORK_DIR")


def pytest_configure():
    # Tests start Make and trainings of their own, which must not heed what these tests run under.
    for name in (*_OF_MAKE, *_SETTINGS, *_MAKE_ALONE):
        os.environ.pop(name, None)
    # Each worker would take all of a GPU's memory; and tolerances are those of a processor.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # A shell's background job ignores Ctrl-C, and so would every training that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def runtime():
    """TensorFlow as every training starts it; imported only when a test asks for this."""
    from lib.system import runtime

    runtime.start(threads=1, seed=0)
    return runtime


def pytest_collection_modifyitems(items):
    # TensorFlow takes its settings only before its first operation, which is in any test's power.
    items.sort(key=lambda item: "runtime" not in getattr(item, "fixturenames", ()))
