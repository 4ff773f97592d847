"""Exact answers to queries as they were classified: with a digit classifier, a baseline (C18)."""

import re

import numpy as np

from lib.data.arithmetic import ANSWER_LENGTH, decode, encode

_QUERY = re.compile(r"(0|[1-9]\d?)([+-])(0|[1-9]\d?)")


def solved(queries: np.ndarray) -> np.ndarray:
    """Return the exact answers, uint8 (n, 3), to queries, uint8 (n, 5).

    Both are indices into ALPHABET, padded on the right. What is no query is answered with blanks.
    """
    return encode([_answer(text).ljust(ANSWER_LENGTH) for text in decode(queries)])


def _answer(query: str) -> str:
    parts = _QUERY.fullmatch(query)
    if parts is None:
        return ""
    first, operator, second = int(parts[1]), parts[2], int(parts[3])
    return str(first + second if operator == "+" else first - second)
