"""Exact answers to queries as they were classified: with a digit classifier, a baseline (C18)."""

import re

import numpy as np

from lib.data.arithmetic import ANSWER_LENGTH, decode, encode

_QUERY = re.compile(r"(0|[1-9]\d?)([+-])(0|[1-9]\d?)")


def solved(queries: np.ndarray) -> np.ndarray:
    """Return the exact answers, uint8 (n, 3), to queries, uint8 (n, 5).

    Both are indices into VOCABULARY, padded on the right. The answer to no query is padding alone.
    """
    return encode([_answer(text).ljust(ANSWER_LENGTH) for text in decode(queries)])


def _answer(query: str) -> str:
    matched = _QUERY.fullmatch(query)
    if matched is None:
        return ""
    first, operator, second = int(matched[1]), matched[2], int(matched[3])
    return str(first + second if operator == "+" else first - second)
