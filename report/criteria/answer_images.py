"""Measures of the stored answer images of text to image: sharpness, dependence on the query."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import nnls

from lib.metrics.images import sharpness
from lib.runs.directories import Run
from report.content import Content, Pair
from report.wording import estimate

COMPARED = 100  # of the stored answers of each split; a record holds no more
SUM_WEIGHT = 1e3  # of the equation that weights sum to 1, where a pixel's has weight 1
SAME = 5  # grey levels of 255; the images of different digits differ by more than 200


def mean_sharpness(digits: np.ndarray) -> float:
    """Return the mean sharpness of grey uint8 images (..., 28, 28)."""
    grey = digits.reshape(-1, *digits.shape[-2:])
    return float(sharpness(grey[..., None].repeat(3, -1)).mean())


def sharpness_fractions(runs: Iterable[Run], split: str = "validation") -> list[float]:
    """Return the sharpness of a split's stored images relative to their targets', seed by seed."""
    return [
        mean_sharpness(_answers(run, split, "predictions"))
        / mean_sharpness(_answers(run, split, "targets"))
        for run in runs
    ]


def blend_distance(images: np.ndarray, averages: np.ndarray) -> float:
    """Return the mean squared distance of images from their closest blends, on pixels from 0 to 1.

    `images` are uint8 (..., height, width), `averages` uint8 (n, height, width). A blend is their
    mean with weights that are not negative and sum to 1: non-negative least squares, with one
    heavily weighted equation for the sum (Lawson and Hanson 1974, "Solving Least Squares
    Problems").
    """
    columns = averages.reshape(len(averages), -1).T / 255
    equations = np.vstack([columns, np.full(len(averages), SUM_WEIGHT)])
    distances = []
    for image in images.reshape(-1, len(columns)) / 255:
        weights, _ = nnls(equations, np.append(image, SUM_WEIGHT))
        distances.append(np.square(columns @ weights - image).mean())
    return float(np.mean(distances))


def blend_fractions(content: Content, pair: Pair) -> list[float]:
    """Return how far the generated images are from blends of tokens' averages, seed by seed.

    It is `blend_distance` of the held-out answers' images divided by that of their targets, rounded
    so that it is the same on all processors; empty if the averages are not known.
    """
    averages = content.token_averages
    if averages is None:
        return []
    return [
        round(
            blend_distance(_answers(run, "validation", "predictions"), averages)
            / blend_distance(_answers(run, "validation", "targets"), averages),
            4,
        )
        for run in content.complete(pair)
    ]


def own_error_fraction(
    predictions: np.ndarray, targets: np.ndarray, operators: Sequence[str]
) -> float:
    """Return the squared error against the own targets relative to that against other targets.

    Images are uint8 (examples, ...); each of `operators` occurs at least twice. Other targets are
    those with the same operator, which decides the padding of an answer. 1 means that an image
    does not depend on the numbers of its query.
    """
    generated, wanted = (images.reshape(len(images), -1) / 255 for images in (predictions, targets))
    errors = np.stack([np.square(one - wanted).mean(axis=-1) for one in generated])
    alike = np.array(operators)[:, None] == np.array(operators)
    np.fill_diagonal(alike, False)
    # Averaged for each image first, so that each operator has the weight it has in the numerator.
    others = np.mean([row[chosen].mean() for row, chosen in zip(errors, alike, strict=True)])
    return float(np.diag(errors).mean() / others) if others else math.nan


def own_error_fractions(content: Content, pair: Pair, split: str) -> list[float]:
    """Return `own_error_fraction` of a model's stored images, seed by seed; empty if not run."""
    return [
        own_error_fraction(
            _answers(run, split, "predictions"),
            _answers(run, split, "targets"),
            ["+" if "+" in each["query"] else "-" for each in _queries(run, split)],
        )
        for run in content.complete(pair)
    ]


def own_error(content: Content, pair: Pair, split: str) -> str:
    """Return `own_error_fractions` as text."""
    fractions = own_error_fractions(content.whole, pair, split)
    return estimate(fractions, ".2f") if fractions else content.why_no_numbers(pair)


def same_for_every_query(content: Content, models: Iterable[Pair]) -> dict[Pair, list[int]]:
    """Return the seeds with which each of `models` generates one image for every query, if any.

    Images may differ by `SAME` grey levels.
    """
    found = {
        pair: [
            run.key.seed
            for run in content.whole.complete(pair)
            if np.ptp(_answers(run, "validation", "predictions"), axis=0).max() <= SAME
        ]
        for pair in models
    }
    return {pair: seeds for pair, seeds in found.items() if seeds}


def _answers(run: Run, split: str, kind: str) -> np.ndarray:
    return run.samples[f"{split}_{kind}"][:COMPARED]


def _queries(run: Run, split: str) -> list[dict]:
    return run.result["examples"][split][:COMPARED]
