import numpy as np
import pytest
from scipy import stats

from lib.metrics.intervals import mean_interval


def test_interval_with_the_tabulated_quantile():
    # Tables of Student's t: 4.303 for 95% and 2 degrees of freedom. Deviation 1, three values.
    mean, half_width = mean_interval([1.0, 2.0, 3.0])
    assert mean == 2
    assert half_width == pytest.approx(4.303 / 3**0.5, rel=1e-3)


def test_interval_equals_scipy():
    values = np.random.default_rng(0).normal(5, 2, 8)
    mean, half_width = mean_interval(values, level=0.9)
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert (mean - half_width, mean + half_width) == pytest.approx(tuple(interval))


def test_one_value_has_no_interval():
    assert mean_interval([0.25]) == (0.25, None)


def test_equal_values_have_an_interval_of_width_0():
    assert mean_interval([0.5, 0.5, 0.5]) == (0.5, 0)


def test_no_values_are_refused():
    with pytest.raises(ValueError, match="no values"):
        mean_interval([])
