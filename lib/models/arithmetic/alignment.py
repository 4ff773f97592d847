"""A query's symbols set out place by place, as one writes numbers to calculate with them."""

import tensorflow as tf

from lib.data.arithmetic import ALPHABET, BLANK


def place_by_place(symbols: tf.Tensor) -> tf.Tensor:
    """Return a query's symbols, (n, 5, 13), as (n, 3, 39): hundreds, tens, units.

    Each place holds the first number's digit, the second's, and the operator, each of them as
    `symbols` are: probabilities. Where the operator is and where the query ends is read from them
    too: the result is the sum over the four ways that two numbers of one or two digits can stand,
    each weighted by how likely its operator and its end are; these weights need not add up to 1.
    Certain symbols give `aligned_queries`.
    """
    operator = symbols[..., ALPHABET.index("+")] + symbols[..., ALPHABET.index("-")]
    zero = tf.one_hot(tf.zeros_like(symbols[:, 0, 0], tf.int32), len(ALPHABET))
    aligned = 0.0
    for first in (1, 2):
        ends = symbols[:, first + 2, BLANK]
        for second, share in ((1, ends), (2, 1 - ends)):
            digits = symbols[:, :first], symbols[:, first + 1 : first + 1 + second]
            filled = [[zero] * (3 - part.shape[1]) + tf.unstack(part, axis=1) for part in digits]
            places = [
                tf.concat([*pair, symbols[:, first]], axis=-1) for pair in zip(*filled, strict=True)
            ]
            likely = operator[:, first] * share
            aligned += likely[:, None, None] * tf.stack(places, axis=1)
    return aligned
