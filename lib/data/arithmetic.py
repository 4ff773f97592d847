"""Sums and differences of two numbers below 100, as text and as images of digits."""

import dataclasses
import functools

import numpy as np

from lib.data.digits import Digits
from lib.data.operators import operator_images
from lib.randomness import generator

ALPHABET = "0123456789+- "
QUERY_LENGTH = 5
ANSWER_LENGTH = 3


@dataclasses.dataclass(frozen=True)
class Arithmetic:
    """Every query with its answer; row k of each array belongs to query k.

    `queries` is uint8 of shape (20000, 5) and `answers` uint8 of shape (20000, 3), both indices
    into ALPHABET, padded with spaces on the right.
    """

    queries: np.ndarray
    answers: np.ndarray


@functools.cache
def arithmetic() -> Arithmetic:
    """Return all `i op j`, i and j in 0..99, op in + and -, ordered by i, then j, then op."""
    asked, answered = [], []
    for i in range(100):
        for j in range(100):
            for sign, answer in (("+", i + j), ("-", i - j)):
                asked.append(f"{i}{sign}{j}".ljust(QUERY_LENGTH))
                answered.append(str(answer).ljust(ANSWER_LENGTH))
    return Arithmetic(encode(asked), encode(answered))


def encode(texts: list[str]) -> np.ndarray:
    """Return texts of equal length as indices into ALPHABET: uint8 (len(texts), length).

    Raises ValueError for a symbol outside of ALPHABET.
    """
    if unknown := set("".join(texts)) - set(ALPHABET):
        raise ValueError(f"not in the alphabet: {''.join(sorted(unknown))!r}")
    table = np.zeros(128, np.uint8)
    table[np.frombuffer(ALPHABET.encode(), np.uint8)] = np.arange(len(ALPHABET))
    codes = np.frombuffer("".join(texts).encode(), np.uint8)
    return table[codes].reshape(len(texts), -1)


def decode(codes: np.ndarray) -> list[str]:
    """Return the texts that `codes`, indices into ALPHABET of shape (n, length), stand for."""
    return ["".join(ALPHABET[code] for code in row).rstrip() for row in np.asarray(codes)]


@dataclasses.dataclass(frozen=True)
class SymbolImages:
    """Images of every symbol, kept once; a text's images are indices into them.

    `images` is uint8 of shape (n, 28, 28); those of ALPHABET[k] are `starts[k] : starts[k + 1]`
    of `order`, which is int32 and indexes `images`.
    """

    images: np.ndarray
    order: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, images: np.ndarray, labels: np.ndarray) -> "SymbolImages":
        """Join digit `images` (uint8, (n, 28, 28)) with drawn operators and the blank."""
        plus, minus = operator_images("+"), operator_images("-")
        symbols = np.concatenate([images, plus, minus, np.zeros((1, 28, 28), np.uint8)])
        codes = np.concatenate(
            [
                labels,
                np.full(len(plus), ALPHABET.index("+")),
                np.full(len(minus), ALPHABET.index("-")),
                [ALPHABET.index(" ")],
            ]
        )
        order = np.argsort(codes, kind="stable").astype(np.int32)
        starts = np.searchsorted(codes[order], np.arange(len(ALPHABET) + 1))
        return cls(symbols, order, starts)

    @classmethod
    def for_training(cls, digits: Digits) -> "SymbolImages":
        """Return the images of the training part of `digits`, as the original used."""
        return cls.of(digits.train_images, digits.train_labels)

    def draw(self, codes: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Draw an image for each symbol: indices into `images`, int32 of the shape of `codes`."""
        first, count = self.starts[codes], np.diff(self.starts)[codes]
        return self.order[first + (random.random(codes.shape) * count).astype(np.int64)]


def draw_query_images(
    symbols: SymbolImages, codes: np.ndarray, seed: int, epoch: int = 0
) -> np.ndarray:
    """Draw handwriting for every text in `codes`; another epoch draws other handwriting."""
    return symbols.draw(codes, generator(seed, "handwriting", epoch))


def choose_rows(count: int, seed: int) -> np.ndarray:
    """Return which queries a run uses, in order: all 20,000, or `count` drawn at random."""
    everything = len(arithmetic().queries)
    if count >= everything:
        return np.arange(everything)
    return np.sort(generator(seed, "queries").choice(everything, count, replace=False))
