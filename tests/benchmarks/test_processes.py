import os

import pytest

from benchmarks.processes import in_own_process
from lib.system.errors import UserError


def test_a_function_runs_in_a_process_of_its_own():
    assert in_own_process(os.getpid) != os.getpid()


def test_what_the_function_raises_is_raised_here():
    with pytest.raises(FileNotFoundError):
        in_own_process(os.listdir, "/no such folder")


def test_a_process_that_ends_early_is_named():
    with pytest.raises(UserError, match="_exit: the process ended early"):
        in_own_process(os._exit, 3)
