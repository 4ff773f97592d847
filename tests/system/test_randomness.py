import itertools

import numpy as np
from scipy import stats

from lib.system.randomness import generator, stateless_seed

PLACES = list(itertools.product(range(8), range(8)))


def test_equal_keys_give_equal_numbers():
    first, second = (generator(3, "shuffle", 2, 5).random(10) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(stateless_seed(3, "noise", 2, 5), stateless_seed(3, "noise", 2, 5))


def test_any_other_key_gives_other_numbers():
    keys = [(seed, purpose, *place) for seed in (0, 1) for purpose in "ab" for place in PLACES]
    assert len({generator(*key).random() for key in keys}) == len(keys)
    assert len({stateless_seed(*key).tobytes() for key in keys}) == len(keys)


def test_seed_and_place_are_not_interchangeable():
    assert generator(1, "shuffle", 2).random() != generator(2, "shuffle", 1).random()


def test_first_numbers_at_many_places_are_uniform_and_uncorrelated():
    numbers = np.array([generator(0, "shuffle", epoch).random() for epoch in range(2_000)])
    assert stats.kstest(numbers, "uniform").pvalue > 1e-3
    assert stats.pearsonr(numbers[:-1], numbers[1:]).pvalue > 1e-3
    seeds = np.array([stateless_seed(0, "noise", 1, step) for step in range(2_000)])
    assert stats.kstest(seeds.ravel() / 2**32 + 0.5, "uniform").pvalue > 1e-3


def test_stateless_seeds_have_the_form_that_tensorflow_expects():
    seed = stateless_seed(2**31 - 1, "noise", 10_000, 100_000)
    assert seed.dtype == np.int32
    assert seed.shape == (2,)
