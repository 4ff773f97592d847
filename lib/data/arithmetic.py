"""Sums and differences of two numbers below 100, as text and as images of digits."""

import dataclasses
import functools

import numpy as np

from lib.data.digits import SIDE, Digits
from lib.data.operators import operator_images
from lib.system.randomness import generator

VOCABULARY = "0123456789+- "
PADDING = VOCABULARY.index(" ")
NUMBERS = 100  # from 0
QUERY_LENGTH = 5
ANSWER_LENGTH = 3


@dataclasses.dataclass(frozen=True)
class Arithmetic:
    """Every query with its answer; element k of each array belongs to query k.

    `queries` is uint8 of shape (20000, 5) and `answers` uint8 of shape (20000, 3), both indices
    into VOCABULARY, padded with spaces on the right.
    """

    queries: np.ndarray
    answers: np.ndarray


@functools.cache
def arithmetic() -> Arithmetic:
    """Return all `i op j`, i and j in 0..99, op in + and -, ordered by i, then j, then op."""
    queries, answers = [], []
    for i in range(NUMBERS):
        for j in range(NUMBERS):
            for sign, answer in (("+", i + j), ("-", i - j)):
                queries.append(f"{i}{sign}{j}".ljust(QUERY_LENGTH))
                answers.append(str(answer).ljust(ANSWER_LENGTH))
    return Arithmetic(encode(queries), encode(answers))


def exchanged_indices(indices: np.ndarray) -> np.ndarray:
    """Return the queries with both numbers exchanged: a sum stays, a difference changes its sign.

    `indices` are queries by their place in `arithmetic()`.
    """
    first, second, operator = _operands(indices)
    return _indices(second, first, operator)


def inverted_indices(indices: np.ndarray) -> np.ndarray:
    """Return the queries that undo those of `indices`: k - j = i undoes i + j = k.

    Likewise, k + j undoes i - j = k. There is none if k is not in 0..99, as all operands are.
    """
    first, second, operator = _operands(indices)
    result = np.where(operator == 0, first + second, first - second)
    exists = (result >= 0) & (result < NUMBERS)
    return _indices(result, second, 1 - operator)[exists]


def fact_families(indices: np.ndarray) -> np.ndarray:
    """Return the queries of `indices` and those whose answers follow from theirs, none twice.

    From 2 + 3 = 5 follow 3 + 2, 5 - 3, 5 - 2 and, with the sign changed, 3 - 5 and 2 - 5.
    """
    family = np.unique(indices)
    while True:
        derived = (family, exchanged_indices(family), inverted_indices(family))
        larger = np.unique(np.concatenate(derived))
        if len(larger) == len(family):
            return family
        family = larger


def aligned_queries() -> np.ndarray:
    """Return all queries with their numbers aligned, as in column addition.

    uint8 (20000, 3, 3), indices into VOCABULARY: for the hundreds, tens and units, in this order,
    the first number's digit, the second's, and the operator. Numbers are padded with zeros.
    """
    first, second, operator = _operands(np.arange(len(arithmetic().queries)))
    signs = np.array([VOCABULARY.index("+"), VOCABULARY.index("-")])[operator]
    places = [[number // unit % 10 for number in (first, second)] for unit in (100, 10, 1)]
    return np.array([[*digits, signs] for digits in places], np.uint8).transpose(2, 0, 1)


@functools.cache
def aligned_answers() -> np.ndarray:
    """Return all answers, aligned on the right: uint8 (20000, 3), indices into VOCABULARY."""
    return right_aligned(arithmetic().answers)


def right_aligned(codes: np.ndarray) -> np.ndarray:
    """Return texts, uint8 (n, length), with their padding moved from the right to the left."""
    length = codes.shape[1]
    padding = (codes == PADDING).sum(axis=1, keepdims=True)
    return np.take_along_axis(codes, (np.arange(length) - padding) % length, axis=1)


def _operands(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each query's first number, second number and operator, 0 for + and 1 for -."""
    numbers, operator = np.divmod(indices, 2)
    return *np.divmod(numbers, NUMBERS), operator


def _indices(first: np.ndarray, second: np.ndarray, operator: np.ndarray) -> np.ndarray:
    return (first * NUMBERS + second) * 2 + operator


def encode(texts: list[str]) -> np.ndarray:
    """Return texts of equal length as indices into VOCABULARY: uint8 (len(texts), length).

    Raises ValueError for a token outside of VOCABULARY.
    """
    if unknown := set("".join(texts)) - set(VOCABULARY):
        raise ValueError(f"not in the vocabulary: {''.join(sorted(unknown))!r}")
    table = np.zeros(128, np.uint8)
    table[np.frombuffer(VOCABULARY.encode(), np.uint8)] = np.arange(len(VOCABULARY))
    codes = np.frombuffer("".join(texts).encode(), np.uint8)
    return table[codes].reshape(len(texts), -1)


def decode(codes: np.ndarray) -> list[str]:
    """Return the texts of `codes`, indices into VOCABULARY (n, length), without trailing spaces."""
    return ["".join(VOCABULARY[code] for code in text).rstrip() for text in np.asarray(codes)]


def as_texts(indices: np.ndarray) -> list[dict[str, str]]:
    """Return each query of `indices`, its place in `arithmetic()`, and its answer as texts."""
    known = arithmetic()
    texts = zip(decode(known.queries[indices]), decode(known.answers[indices]), strict=True)
    return [{"query": query, "answer": answer} for query, answer in texts]


@dataclasses.dataclass(frozen=True)
class TokenImages:
    """Images of every token, kept once; a text's images are indices into them.

    `images` is uint8 of shape (n, 28, 28); those of VOCABULARY[k] are `starts[k] : starts[k + 1]`
    of `order`, which is int32 and indexes `images`.
    """

    images: np.ndarray
    order: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, images: np.ndarray, labels: np.ndarray, operator_seed: int = 0) -> "TokenImages":
        """Join digit `images` (uint8, (n, 28, 28)) with drawn operators and an empty padding."""
        plus, minus = (operator_images(operator, seed=operator_seed) for operator in "+-")
        tokens = np.concatenate([images, plus, minus, np.zeros((1, SIDE, SIDE), np.uint8)])
        codes = np.concatenate(
            [
                labels,
                np.full(len(plus), VOCABULARY.index("+")),
                np.full(len(minus), VOCABULARY.index("-")),
                [PADDING],
            ]
        )
        order = np.argsort(codes, kind="stable").astype(np.int32)
        starts = np.searchsorted(codes[order], np.arange(len(VOCABULARY) + 1))
        return cls(tokens, order, starts)

    @classmethod
    def for_training(cls, digits: Digits) -> "TokenImages":
        """Return the images of the training split of `digits`, as the original used."""
        return cls.of(digits.train_images, digits.train_labels)

    @classmethod
    def for_testing(cls, digits: Digits) -> "TokenImages":
        """Return the images of the test split of `digits`, with operators drawn from another seed.

        256 drawings of each operator are possible; about a fifth of these are also trained on.
        """
        return cls.of(digits.test_images, digits.test_labels, operator_seed=1)

    def averages(self) -> np.ndarray:
        """Return the average image of each token of VOCABULARY, from 0 to 255: (13, 28, 28)."""
        return self._means(self.images)

    def mean_squares(self) -> np.ndarray:
        """Return each token's average of its images' squares, from 0 to 255²: (13, 28, 28)."""
        return self._means(np.square(self.images, dtype=np.uint16))

    def _means(self, values: np.ndarray) -> np.ndarray:
        of_tokens = np.split(values[self.order], self.starts[1:-1])
        return np.stack([each.mean(axis=0) for each in of_tokens])

    def sample(self, codes: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Sample an image for each token: indices into `images`, int32 of the shape of `codes`."""
        first, count = self.starts[codes], np.diff(self.starts)[codes]
        return self.order[first + (random.random(codes.shape) * count).astype(np.int64)]


def sample_query_images(
    tokens: TokenImages, codes: np.ndarray, seed: int, epoch: int = 0
) -> np.ndarray:
    """Sample digit instances for every text in `codes`, others in each epoch."""
    return tokens.sample(codes, generator(seed, "handwriting", epoch))


@dataclasses.dataclass(frozen=True)
class DigitInstances:
    """Images of every token to train on and, after them, others to test on (E9).

    `images` is uint8 (n, 28, 28). Samples are int32 indices into it; those below `training_count`
    are images to train on.
    """

    images: np.ndarray
    training: TokenImages
    unseen: TokenImages

    @classmethod
    def of(cls, digits: Digits) -> "DigitInstances":
        """Train on the training split of `digits`, test on the test split."""
        training, unseen = TokenImages.for_training(digits), TokenImages.for_testing(digits)
        return cls(np.concatenate([training.images, unseen.images]), training, unseen)

    @property
    def training_count(self) -> int:
        """The number of images to train on."""
        return len(self.training.images)

    def sample_training(self, codes: np.ndarray, seed: int, epoch: int = 0) -> np.ndarray:
        """Sample images to train on for every text in `codes`, others in each epoch."""
        return sample_query_images(self.training, codes, seed, epoch)

    def sample_unseen(self, codes: np.ndarray, seed: int) -> np.ndarray:
        """Sample images to test on for every text in `codes`."""
        sampled = self.unseen.sample(codes, generator(seed, "unseen handwriting"))
        return sampled + np.int32(self.training_count)


def choose_indices(count: int, seed: int) -> np.ndarray:
    """Return which queries a run uses, in order: all 20,000, or `count` sampled at random."""
    everything = len(arithmetic().queries)
    if count >= everything:
        return np.arange(everything)
    return np.sort(generator(seed, "queries").choice(everything, count, replace=False))
