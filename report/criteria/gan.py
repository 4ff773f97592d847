"""Criteria of the claims about the GAN."""

import functools
import itertools

import numpy as np

from report.content import Content, Pair
from report.criteria.comparisons import (
    CONTRAST_CONDITION,
    DISTANCE_TOLERANCE,
    SHARPNESS_TOLERANCE,
    SMOOTH_CONDITION,
    alike,
    difference,
    latent_size,
    minus,
    published_runs,
    ratio,
    smooth,
)
from report.criteria.findings import NEVER, Criterion, Finding

GANS = ("gan_64", "gan_128", "gan_256")
DARK = "gan_first_epoch"  # the GAN whose first images are black in the original
BLURRED_BELOW = 0.5  # C6: fraction of real faces' sharpness
BLURRED_MARGIN = 0.1
FAR_ABOVE = 2.0  # C6: times the distance between two sets of real faces
FAR_MARGIN = 0.25
BLACK_BELOW = 0.1  # C7: mean brightness, from 0 (black) to 1
BLACK_MARGIN = 0.02
NO_DIFFERENCE = 0.05  # C7: mean brightness after the last epoch
NO_DIFFERENCE_MARGIN = 0.02
# C5: of one seed nothing is decided. The relative differences of three seeds of the quick profile,
# seen before any run at full scale, have standard deviations above both tolerances.
ALIKE_MARGINS: dict[str, float] = {}
MID_GREY = 127.5  # of 255: 0 on the generator's scale from -1 to 1


def _sizes_look_alike(content: Content) -> list[Finding]:
    tolerances = {"samples_sharpness": SHARPNESS_TOLERANCE, "samples_swd": DISTANCE_TOLERANCE}
    return [
        finding
        for name, tolerance in tolerances.items()
        for sizes in itertools.combinations(GANS, 2)
        for finding in alike(
            content, minus(content, *sizes), *sizes, ALIKE_MARGINS, **{name: tolerance}
        )
    ]


def _blurred_and_far(content: Content) -> list[Finding]:
    found = []
    for name in GANS:
        size = latent_size(content, name)
        sharpness = ratio(content, name, "samples_sharpness", "real_sharpness")
        distance = ratio(content, name, "samples_swd", "real_swd")
        bounds = {"at_reduced_scale": NEVER, "spec": ".2f"}
        found += [
            Finding(
                f"sharpness over real, latent {size}",
                sharpness,
                high=BLURRED_BELOW,
                margin=BLURRED_MARGIN,
                **bounds,
            ),
            Finding(
                f"SWD over real, latent {size}",
                distance,
                low=FAR_ABOVE,
                margin=FAR_MARGIN,
                **bounds,
            ),
        ]
    return found


def clipped_fraction(images: np.ndarray) -> float:
    """Return the fraction of the values of uint8 `images` below mid-grey.

    They are the negative ones on the generator's scale from -1 to 1, which a display that expects
    0 to 1 shows as black.
    """
    return float((images < MID_GREY).mean())


def first_samples(content: Content, pair: Pair = (DARK, "published")) -> list[np.ndarray]:
    """Return each seed's samples after the first epoch, as uint8; empty if a run is missing."""
    return [run.samples["samples"][0] for run in content.complete(pair)]


def _black_at_first(content: Content) -> list[Finding]:
    firsts = first_samples(content)
    found = [
        Finding(
            "brightness after the first epoch, 0 to 1",
            tuple(float(images.mean()) / 255 for images in firsts),
            high=BLACK_BELOW,
            margin=BLACK_MARGIN,
            at_reduced_scale=NEVER,
        ),
        Finding(
            "fraction of values that the original's display clips to black",
            tuple(clipped_fraction(images) for images in firsts),
        ),
    ]
    return found + [
        Finding(
            f"brightness after the last epoch, {minus(content, 'gan_128', other)}",
            difference(content, "gan_128", other, "samples_brightness"),
            low=-NO_DIFFERENCE,
            high=NO_DIFFERENCE,
            margin=NO_DIFFERENCE_MARGIN,
            at_reduced_scale=NEVER,
        )
        for other in ("gan_64", "gan_256")
    ]


GAN_CRITERIA = {
    "C5": Criterion(
        f"Sharpness and SWD differ by less than {SHARPNESS_TOLERANCE:.0%} between any two sizes, "
        "each with its whole interval, after the published number of epochs. One seed decides "
        "nothing: seeds differ by more than that.",
        published_runs(*GANS),
        ("tbl:gan-images", "fig:gan-64-samples", "fig:gan-128-samples", "fig:gan-256-samples"),
        _sizes_look_alike,
        version=2,
    ),
    "C6": Criterion(
        f"At every size, sharpness is below {BLURRED_BELOW:.0%} of that of real faces and SWD is "
        f"more than {FAR_ABOVE:g} times that between two sets of real faces (with one seed: below "
        f"{BLURRED_BELOW - BLURRED_MARGIN:.0%} and more than {FAR_ABOVE + FAR_MARGIN:g} times), "
        "after the published number of epochs. Whether longer training helps is not evaluated.",
        published_runs(*GANS),
        ("tbl:gan-images", "fig:gan-256-samples"),
        _blurred_and_far,
    ),
    "C7": Criterion(
        "After the first epoch, of the published number of steps, the samples mapped to [0, 1] "
        f"have a mean brightness below {BLACK_BELOW:g} (with one seed: below "
        f"{BLACK_BELOW - BLACK_MARGIN:g}). After the last epoch, their brightness differs from "
        f"that of the other sizes by less than {NO_DIFFERENCE:g} (with one seed: by less than "
        f"{NO_DIFFERENCE - NO_DIFFERENCE_MARGIN:g}). The first epoch alone can refute the claim. "
        "The fraction of values below mid-grey, which a display without the mapping clips to black "
        "(E2), is reported but not required.",
        published_runs(DARK, *GANS),
        ("fig:gan-display",),
        _black_at_first,
        in_part=True,
    ),
    "C8": Criterion(
        f"{SMOOTH_CONDITION} {CONTRAST_CONDITION}",
        published_runs(*GANS),
        ("fig:gan-interpolation",),
        functools.partial(smooth, experiments=GANS, ends="samples"),
    ),
}
