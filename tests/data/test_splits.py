import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from lib.data.splits import random_split, split_off_last
from lib.system.errors import UserError


@pytest.mark.parametrize("count", [3, 100, 257, 20_000])
@pytest.mark.parametrize("seed", [42, 69])
@pytest.mark.parametrize(
    "size", [{"train_size": 0.5}, {"train_size": 0.35}, {"test_size": 0.2}, {"test_size": 1 / 3}]
)
def test_random_splits_are_those_of_scikit_learn(count, seed, size):
    indices = 7 * np.arange(count)
    reference = train_test_split(indices, random_state=seed, **size)
    for ours, theirs in zip(random_split(indices, seed, **size), reference, strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("size", [{"train_size": 0.05}, {"test_size": 0.95}])
def test_an_empty_split_is_refused(size):
    with pytest.raises(UserError, match="of 10 queries leaves a split empty"):
        random_split(np.arange(10), 42, **size)


def test_the_last_are_split_off_as_keras_does():
    """Keras trains on int(n * (1 - fraction)) examples, the first ones."""
    first, last = split_off_last(np.arange(143), 0.07)
    assert first.tolist() == list(range(132))
    assert last.tolist() == list(range(132, 143))
