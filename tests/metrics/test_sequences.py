import numpy as np
import pytest
from scipy import stats

from lib.metrics import sequences

TARGET = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 0, 0]])
PREDICTED = np.array([[1, 2, 3], [4, 0, 6], [9, 7, 8], [0, 0, 0]])


def test_accuracy_counts_characters():
    assert sequences.per_character_accuracy(PREDICTED, TARGET) == pytest.approx(8 / 12)


def test_exact_match_counts_whole_sequences():
    assert sequences.exact_match(PREDICTED, TARGET) == pytest.approx(2 / 4)


@pytest.mark.parametrize("metric", [sequences.per_character_accuracy, sequences.exact_match])
def test_bounds(metric):
    assert metric(TARGET, TARGET) == 1
    assert metric(TARGET + 1, TARGET) == 0


@pytest.mark.parametrize("metric", [sequences.per_character_accuracy, sequences.exact_match])
@pytest.mark.parametrize("predicted", [TARGET[:1], TARGET[:, 0], TARGET[..., None]])
def test_other_shapes_are_refused(metric, predicted):
    with pytest.raises(ValueError, match="equal shapes"):
        metric(predicted, TARGET)


def test_interval_with_the_tabulated_quantile():
    # Tables of Student's t: 4.303 for 95% and 2 degrees of freedom. Deviation 1, three values.
    mean, half_width = sequences.mean_interval([1.0, 2.0, 3.0])
    assert mean == 2
    assert half_width == pytest.approx(4.303 / 3**0.5, rel=1e-3)


def test_interval_equals_scipy():
    values = np.random.default_rng(0).normal(5, 2, 8)
    mean, half_width = sequences.mean_interval(values, level=0.9)
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert (mean - half_width, mean + half_width) == pytest.approx(tuple(interval))


def test_one_value_has_no_interval():
    assert sequences.mean_interval([0.25]) == (0.25, None)


def test_equal_values_have_an_interval_of_width_0():
    assert sequences.mean_interval([0.5, 0.5, 0.5]) == (0.5, 0)


def test_no_values_are_refused():
    with pytest.raises(ValueError, match="no values"):
        sequences.mean_interval([])
