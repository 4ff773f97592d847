"""What decides the claims about the VAE."""

import itertools
import math

from report.comparisons import (
    DISTANCE_TOLERANCE,
    MOVING_WORDS,
    SHARPNESS_TOLERANCE,
    SMOOTH_WORDS,
    SMOOTHNESS_MARGIN,
    alike,
    difference,
    less,
    published_runs,
    smooth,
    without_contrast,
)
from report.content import Content
from report.judgement import NEVER, Criterion, Finding

VAES = ("vae_32", "vae_64", "vae_128")
LOSS_TOLERANCE = 0.01  # C3: share of the loss
ALIKE_WITHIN = 0.25  # C4


def _loss_falls(content: Content) -> list[Finding]:
    return [
        Finding(
            f"loss, {less(content, *sizes)}",
            difference(content, *sizes, "loss"),
            low=0,
            spec=".5f",
            at_reduced_scale=NEVER,
        )
        for sizes in itertools.pairwise(VAES)
    ]


def _smaller_is_sharper(content: Content) -> list[Finding]:
    found = []
    for kind, words, bound in (("samples", "samples", 0), ("prior", "full prior", math.inf)):
        for small, large in itertools.pairwise(VAES):
            label = f"{words}, {less(content, small, large)}"
            sharpness = difference(content, small, large, f"{kind}_sharpness")
            distance = difference(content, small, large, f"{kind}_swd")
            shown = {"at_reduced_scale": NEVER, "spec": ".3g"}
            found += [
                Finding(f"sharpness of {label}", sharpness, low=-bound, **shown),
                Finding(f"SWD of {label}", distance, high=bound, **shown),
            ]
    return found


def _filters_do_not_matter(content: Content) -> list[Finding]:
    compared = ("vae_64_wide", "vae_64")
    label = " less ".join(str(content.setting(name, "filters")) for name in compared)
    return alike(
        content,
        f"{label} filters",
        *compared,
        loss=LOSS_TOLERANCE,
        samples_sharpness=SHARPNESS_TOLERANCE,
        samples_swd=DISTANCE_TOLERANCE,
    )


def _smooth_and_alike(content: Content) -> list[Finding]:
    return smooth(content, VAES, "prior") + [
        Finding(
            f"largest over mean step, {less(content, first, second)}",
            difference(content, first, second, "interpolation_smoothness"),
            low=-ALIKE_WITHIN,
            high=ALIKE_WITHIN,
            margin=SMOOTHNESS_MARGIN,
            unfair=without_contrast(content, (first, second), "prior"),
        )
        for first, second in itertools.combinations(VAES, 2)
    ]


VAE_CRITERIA = {
    "C1": Criterion(
        "The loss after the last epoch, latent 32 less 64 and latent 64 less 128, seed by seed, "
        "is above 0 with its whole interval. Judged from two seeds on, at the full scale: reduced "
        "trainings may be shorter than the original's first epoch.",
        published_runs(*VAES),
        ("fig:vae-loss", "tbl:vae-parts"),
        _loss_falls,
    ),
    "C2": Criterion(
        "Sharpness falls and the sliced Wasserstein distance (SWD) to real faces grows from latent "
        "32 to 64 and from 64 to 128, seed by seed, with their whole intervals, for samples as "
        "published; those from the full prior are shown beside. Judged from two seeds on, at the "
        "full scale.",
        published_runs(*VAES),
        ("tbl:vae-images", "fig:vae-32-samples", "fig:vae-128-samples"),
        _smaller_is_sharper,
    ),
    "C3": Criterion(
        "With 64 dimensions, between 128 and 64 filters, the loss differs by less than "
        f"{LOSS_TOLERANCE:.0%}, sharpness and SWD by less than {SHARPNESS_TOLERANCE:.0%}, each "
        "with its whole interval. Judged from two seeds on, at the full scale: wider networks "
        "learn at another speed.",
        published_runs("vae_64", "vae_64_wide"),
        ("tbl:vae-parts", "tbl:vae-images"),
        _filters_do_not_matter,
    ),
    "C4": Criterion(
        f"{SMOOTH_WORDS}, and differs by less than {ALIKE_WITHIN:g} between sizes, {MOVING_WORDS} "
        "The paths lead between random latents, as in the original's code.",
        published_runs(*VAES),
        ("fig:vae-interpolation",),
        _smooth_and_alike,
    ),
}
