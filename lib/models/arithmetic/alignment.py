"""A query's tokens aligned place by place, as in column addition."""

import tensorflow as tf

from lib.data.arithmetic import PADDING, VOCABULARY


def place_by_place(tokens: tf.Tensor) -> tf.Tensor:
    """Return a query's tokens, (n, 5, 13), as (n, 3, 39): hundreds, tens, units.

    Each place holds the first number's digit, the second's, and the operator, as probabilities
    like `tokens`. These also decide the positions of the operator and of the query's end: the
    result is the sum over the four layouts of two numbers of one or two digits, each weighted by
    the probability of its operator and its end. The weights need not add up to 1. One-hot tokens
    give `aligned_queries`.
    """
    operator = tokens[:, :, VOCABULARY.index("+")] + tokens[:, :, VOCABULARY.index("-")]
    zero = tf.one_hot(tf.zeros_like(tokens[:, 0, 0], tf.int32), len(VOCABULARY))
    aligned = 0.0
    for first in (1, 2):
        ends = tokens[:, first + 2, PADDING]
        for second, fraction in ((1, ends), (2, 1 - ends)):
            digits = tokens[:, :first], tokens[:, first + 1 : first + 1 + second]
            filled = [[zero] * (3 - each.shape[1]) + tf.unstack(each, axis=1) for each in digits]
            places = [
                tf.concat([*pair, tokens[:, first]], axis=-1) for pair in zip(*filled, strict=True)
            ]
            likely = operator[:, first] * fraction
            aligned += likely[:, None, None] * tf.stack(places, axis=1)
    return aligned
