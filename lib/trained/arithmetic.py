"""Trained models of arithmetic: from queries as text or images to answers as text or images.

A query is a text such as "46+69" or "7-12": two whole numbers from 0 to 99. Images of tokens are
uint8 (28, 28), white on black as in MNIST.
"""

import re
from collections.abc import Sequence

import numpy as np

from lib.data import digits
from lib.data.arithmetic import (
    ANSWER_LENGTH,
    NUMBERS,
    QUERY_LENGTH,
    VOCABULARY,
    DigitInstances,
    aligned_queries,
    arithmetic,
    decode,
)
from lib.system.errors import UserError
from lib.system.randomness import generator
from lib.trained.model import TrainedModel, check_images
from lib.training.trainer import to_uint8

SIDE = digits.SIDE


def indices_of(queries: Sequence[str]) -> np.ndarray:
    """Return the places of queries in `lib.data.arithmetic.arithmetic()`: int64 (n,).

    Raises UserError for a query that is no sum or difference of two numbers from 0 to 99, and if
    there is none.
    """
    if not len(queries):
        raise UserError('no query; give one or more, such as "46+69"')
    return np.array([_index_of(query) for query in queries], np.int64)


def _index_of(query: str) -> int:
    match = re.fullmatch(r"\s*([0-9]{1,9})\s*([+\-\u2212])\s*([0-9]{1,9})\s*", query)
    if match is None:
        raise UserError(
            f"{query!r} is no query; give two numbers from 0 to 99 with + or - between them, "
            "such as 46+69"
        )
    first, second = int(match[1]), int(match[3])
    if max(first, second) >= NUMBERS:
        raise UserError(f"{query!r}: the models know numbers from 0 to 99 only")
    return (first * NUMBERS + second) * 2 + (match[2] != "+")


class TextAnswerer(TrainedModel):
    """Answers written queries in text."""

    used = ("model",)

    def answer(self, queries: Sequence[str]) -> list[str]:
        """Return the answer to each query, such as "115" to "46+69"."""
        inputs = _one_hot_queries(queries, aligned=getattr(self.settings, "align", False))
        inputs = inputs.reshape(-1, *self.networks["model"].input_shape[1:])
        return _texts(self.predict("model", inputs).argmax(axis=-1))


class ImageReader(TrainedModel):
    """Answers queries in images of their tokens."""

    used = ("model",)

    def read(self, images: np.ndarray) -> list[str]:
        """Return the answer to each query, given as images: uint8 (n, 5, 28, 28).

        A query shorter than five tokens ends with black images.
        """
        images = np.asarray(images)
        check_images(images, (QUERY_LENGTH, SIDE, SIDE))
        divided_twice = getattr(self.settings, "rescale_twice", False)
        scale = 255 * 255 if divided_twice else 255
        probabilities = self.predict("model", images.astype(np.float32)[..., None] / scale)
        return _texts(probabilities.argmax(axis=-1))


class TextDrawer(TrainedModel):
    """Answers written queries in images of digits."""

    used = ("model",)

    def draw(self, queries: Sequence[str], seed: int = 0) -> np.ndarray:
        """Return the answer to each query as images: uint8 (n, 3, 28, 28).

        `seed` decides the style if the model has styles; each query has one of its own.
        """
        del seed
        return _images(self.predict("model", _one_hot_queries(queries, aligned=False)))


class StyledTextDrawer(TrainedModel):
    """Answers written queries in images of digits that vary like handwriting."""

    used = ("answer_predictor", "generator")

    def draw(self, queries: Sequence[str], seed: int = 0) -> np.ndarray:
        """Return the answer to each query as images, each in a style: uint8 (n, 3, 28, 28)."""
        tokens = self._predicted(queries)
        size = (len(tokens), self.settings.style_dim)
        styles = generator(seed, "styles").standard_normal(size, np.float32)
        styles = np.repeat(styles * np.float32(self.settings.truncation), ANSWER_LENGTH, axis=0)
        return _images(self.predict("generator", _one_hot(tokens.reshape(-1)), styles))

    def answer(self, queries: Sequence[str]) -> list[str]:
        """Return the answer to each query in text: what `draw` draws."""
        return _texts(self._predicted(queries))

    def _predicted(self, queries: Sequence[str]) -> np.ndarray:
        inputs = _one_hot_queries(queries, aligned=True)
        inputs = inputs.reshape(len(inputs), ANSWER_LENGTH, -1)
        return self.predict("answer_predictor", inputs).argmax(axis=-1)


class TokenClassifier(TrainedModel):
    """Classifies images of single tokens."""

    used = ("model",)

    def classify(self, images: np.ndarray) -> list[str]:
        """Return the token of each image, uint8 (n, 28, 28): a digit, "+", "-" or " "."""
        images = np.asarray(images)
        check_images(images, (SIDE, SIDE))
        pixels = images.astype(np.float32)[..., None] / 255
        return [VOCABULARY[code] for code in self.predict("model", pixels).argmax(axis=-1)]


def handwritten(queries: Sequence[str], seed: int = 0) -> np.ndarray:
    """Return queries in random handwriting, of digits that no model was trained on.

    uint8 (n, 5, 28, 28), from the test part of the prepared digits. Raises UserError if there are
    none.
    """
    instances = DigitInstances.of(digits.load())
    sampled = instances.sample_unseen(arithmetic().queries[indices_of(queries)], seed)
    return instances.images[sampled]


def _one_hot_queries(queries: Sequence[str], aligned: bool) -> np.ndarray:
    known = aligned_queries() if aligned else arithmetic().queries
    return _one_hot(known[indices_of(queries)])


def _one_hot(codes: np.ndarray) -> np.ndarray:
    return np.eye(len(VOCABULARY), dtype=np.float32)[codes]


def _texts(codes: np.ndarray) -> list[str]:
    return [text.strip() for text in decode(codes)]


def _images(pixels: np.ndarray) -> np.ndarray:
    return to_uint8(pixels).reshape(-1, ANSWER_LENGTH, SIDE, SIDE)
