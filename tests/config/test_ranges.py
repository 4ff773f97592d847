import math

import pytest

from lib.config.ranges import Range


@pytest.mark.parametrize(
    ("allowed", "inside", "outside"),
    [
        (Range(above=0), (1e-300, 1, 1e300), (0, -1)),
        (Range(minimum=0), (0, 5), (-1e-300, -1)),
        (Range(above=0, below=1), (1e-9, 0.999), (0, 1, 1.5)),
        (Range(minimum=0, below=1), (0, 0.999), (-0.1, 1)),
        (Range(minimum=20, maximum=30), (20, 30), (19, 31)),
    ],
)
def test_numbers_are_in_or_out_of_a_range(allowed, inside, outside):
    assert [allowed.violated_by(number) for number in inside] == [None] * len(inside)
    for number in (*outside, math.nan, math.inf, -math.inf):
        assert allowed.violated_by(number)


@pytest.mark.parametrize(
    ("allowed", "number", "expected"),
    [
        (Range(above=0), 0, "a positive number"),
        (Range(above=3), 3, "a number above 3"),
        (Range(minimum=0), -1, "0 or more"),
        (Range(minimum=20), 19, "at least 20"),
        (Range(maximum=30), 31, "at most 30"),
        (Range(above=0, below=1), 1, "a number below 1"),
    ],
)
def test_the_violated_bound_is_named(allowed, number, expected):
    assert allowed.violated_by(number) == expected
