import numpy as np
import tensorflow as tf

from lib.data.arithmetic import aligned_queries, arithmetic
from lib.models.arithmetic.image2text_corrected import place_by_place


def one_hot(codes):
    return np.eye(13, dtype=np.float32)[codes]


def test_certain_symbols_are_set_out_as_the_queries_are():
    aligned = place_by_place(tf.constant(one_hot(arithmetic().queries)))
    expected = one_hot(aligned_queries()).reshape(-1, 3, 39)
    assert np.array_equal(aligned, expected)


def test_between_two_readings_lies_their_mean():
    """A last token that is as likely padding as a digit: 4+6 or 4+67."""
    short, long = one_hot([[4, 10, 6, 12, 12]]), one_hot([[4, 10, 6, 7, 12]])
    found = place_by_place(tf.constant((short + long) / 2))
    tens = np.concatenate([one_hot(0), (one_hot(0) + one_hot(6)) / 2, one_hot(10)])
    assert np.allclose(found[0, 1], tens)
    assert np.allclose(found[0, 2, 13:26], one_hot(6) / 2 + (one_hot(7) + one_hot(12)) / 4)
