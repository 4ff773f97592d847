import itertools

import numpy as np
from scipy import stats

from lib.system.randomness import generator, stateless_seed

PLACES = list(itertools.product(range(8), range(8)))


def test_the_same_key_draws_the_same():
    first, second = (generator(3, "shuffle", 2, 5).random(10) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(stateless_seed(3, "noise", 2, 5), stateless_seed(3, "noise", 2, 5))


def test_any_other_key_draws_something_else():
    keys = [(seed, purpose, *place) for seed in (0, 1) for purpose in "ab" for place in PLACES]
    assert len({generator(*key).random() for key in keys}) == len(keys)
    assert len({stateless_seed(*key).tobytes() for key in keys}) == len(keys)


def test_seed_and_place_do_not_stand_in_for_each_other():
    assert generator(1, "shuffle", 2).random() != generator(2, "shuffle", 1).random()


def test_first_draws_at_many_places_are_uniform_and_uncorrelated():
    draws = np.array([generator(0, "shuffle", epoch).random() for epoch in range(2_000)])
    assert stats.kstest(draws, "uniform").pvalue > 1e-3
    assert stats.pearsonr(draws[:-1], draws[1:]).pvalue > 1e-3
    seeds = np.array([stateless_seed(0, "noise", 1, step) for step in range(2_000)])
    assert stats.kstest(seeds.ravel() / 2**32 + 0.5, "uniform").pvalue > 1e-3


def test_stateless_seeds_have_the_form_that_tensorflow_wants():
    seed = stateless_seed(2**31 - 1, "noise", 10_000, 100_000)
    assert seed.dtype == np.int32
    assert seed.shape == (2,)
