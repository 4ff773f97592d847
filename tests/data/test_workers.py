import os
import signal

import pytest

from lib.data.workers import in_processes
from lib.system.errors import UserError


def results(work, count, size=10):
    batches = [range(count)[first : first + size] for first in range(0, count, size)]
    return list(in_processes(work, batches, len(batches)))


def negated(numbers):
    return [-number for number in numbers]


def process(numbers):
    return [os.getpid() for _ in numbers]


def killed_at_55(numbers):
    if 55 in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    return numbers


def invalid_at_55(numbers):
    return [int("x") if number == 55 else number for number in numbers]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 101])
def test_results_come_one_by_one_and_in_order(count):
    assert results(negated, count) == [-number for number in range(count)]


def test_many_batches_go_to_other_processes_and_few_stay_here():
    assert set(results(process, 15)) == {os.getpid()}
    several = set(results(process, 100))
    if len(os.sched_getaffinity(0)) > 1:
        assert os.getpid() not in several


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor: no other process")
def test_a_killed_process_is_an_error_that_says_so():
    with pytest.raises(UserError, match="a worker process that prepares data died"):
        results(killed_at_55, 100)


def test_an_error_of_the_work_is_raised():
    with pytest.raises(ValueError, match="invalid literal"):
        results(invalid_at_55, 100)
