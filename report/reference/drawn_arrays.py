"""The arrays of a run that are recorded: what figures draw and criteria read, and no more.

Other arrays are not recorded. In particular, the record has no real face, no reconstruction of one
and no interpolation between two: `originals`, `reconstructions` and `image_interpolation`.
"""

from collections.abc import Mapping

import numpy as np

from figures import GANS, VAES

_VAES = [experiment for experiment, _ in VAES]
_GANS = [experiment for experiment, _ in GANS]
_READ = {
    # Of the samples after each epoch, the first and the last; of the interpolations, the first.
    "samples": (
        *(*_VAES, *_GANS, "vae_corrected", "gan_corrected"),
        *("gan_first_epoch", "gan_ablation"),
    ),
    "interpolation": (*_VAES, *_GANS),
    "prior_samples": _VAES,
    "posterior_samples": _VAES,
    "shown_predictions": ("text2image",),
    "shown_targets": ("text2image",),
    "training_predictions": ("text2image",),
    "training_targets": ("text2image",),
    "validation_predictions": ("text2image", "text2image_ablation"),
    "validation_targets": ("text2image", "text2image_ablation"),
    "styles": ("text2image_corrected",),
}


def drawn_arrays(experiment: str, samples: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what is recorded of the arrays `samples` of a run, by name; all are uint8 images."""
    return {
        name: _cut(name, samples[name])
        for name, experiments in _READ.items()
        if experiment in experiments and name in samples
    }


def _cut(name: str, images: np.ndarray) -> np.ndarray:
    if name == "samples" and len(images) > 2:
        return images[[0, -1]]
    return images[:1] if name == "interpolation" else images
