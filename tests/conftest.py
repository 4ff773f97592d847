import fcntl
import os
import signal

import pytest

from tests import smoke_runs

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


@pytest.fixture(scope="session")
def trained_work(tmp_path_factory):
    """A work folder with `tests.smoke_runs`, trained once for all processes of tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "trained"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "runs").exists():
            smoke_runs.train(folder)
    return folder


def pytest_collection_modifyitems(items):
    # TensorFlow accepts settings only before its first operation, which any test might run.
    items.sort(key=lambda item: "runtime" not in getattr(item, "fixturenames", ()))
