import numpy as np
import pytest

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
