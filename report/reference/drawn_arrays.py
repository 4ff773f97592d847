"""The arrays of a run that are recorded: what figures draw and criteria read, and no more.

Other arrays are not recorded. In particular, the record has no real face, no reconstruction of one
and no interpolation between two: `originals`, `reconstructions` and `image_interpolation`.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from figures import GANS, VAES
from report.criteria.answer_images import COMPARED

_VAES = [experiment for experiment, _ in VAES]
_GANS = [experiment for experiment, _ in GANS]
# What figures draw: they show the first seed only.
_DRAWN = {
    # Of the samples after each epoch, the first and the last; of the interpolations, the first.
    "samples": (*_VAES, *_GANS, "vae_corrected", "gan_corrected"),
    "interpolation": (*_VAES, *_GANS),
    "prior_samples": _VAES,
    "posterior_samples": _VAES,
    "shown_predictions": ("text2image",),
    "shown_targets": ("text2image",),
    "styles": ("text2image_corrected",),
}
# What criteria and tables compare, with every seed.
_COMPARED = {
    "samples": ("gan_first_epoch", "gan_ablation"),
    "training_predictions": ("text2image",),
    "training_targets": ("text2image",),
    "validation_predictions": ("text2image", "text2image_ablation"),
    "validation_targets": ("text2image", "text2image_ablation"),
}


def drawn_arrays(experiment: str, samples: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what is recorded of the arrays `samples` of a run, by name; all are uint8 images."""
    return {
        name: _cut(name, images)
        for name, images in samples.items()
        if is_compared(experiment, name) or experiment in _DRAWN.get(name, ())
    }


def drawn_queries(
    queries: Mapping[str, Sequence[dict]], arrays: Collection[str]
) -> dict[str, Sequence[dict]]:
    """Return the `queries` of each split whose targets are among the recorded `arrays`, as cut."""
    return {
        split: each[:COMPARED] for split, each in queries.items() if f"{split}_targets" in arrays
    }


def is_compared(experiment: str, name: str) -> bool:
    """Return whether criteria or tables read the array `name`: it is recorded of every seed."""
    return experiment in _COMPARED.get(name, ())


def _cut(name: str, images: np.ndarray) -> np.ndarray:
    if name == "samples" and len(images) > 2:
        return images[[0, -1]]
    if name in _COMPARED:
        return images[:COMPARED]
    return images[:1] if name == "interpolation" else images
