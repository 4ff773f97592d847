"""Criteria of the suspected defects of the VAEs and GANs."""

import numpy as np

from figures.gan_display import as_published
from report.content import Content, pairs
from report.criteria.comparisons import (
    CURVE_TOLERANCES,
    gap,
    latent_size,
    published_runs,
)
from report.criteria.findings import NEVER, ONLY_IF_TRUE, Criterion, Finding
from report.criteria.gan import BLACK_BELOW, BLACK_MARGIN, DARK, first_samples
from report.criteria.vae import CURVES_CONDITION, VAES, near_figure_5

NATS = 1.0  # E1: codes' KL divergence from N(0, I), by which one seed has to differ
NOISE_MARGIN = 0.05  # E1
FURTHER_MARGIN = 5.0  # E7: sliced Wasserstein distance, times 1000
NOT_DARK = 0.25  # E2: mean brightness where black is 0 and white 1
NOT_DARK_MARGIN = 0.05
DARKER_MARGIN = 0.02  # E11: mean brightness
SEPARATE = ("gan_ablation", "separate-optimizers")


def _kl_is_in_no_loss(content: Content) -> list[Finding]:
    found = near_figure_5(content)
    for name in VAES:
        size = latent_size(content, name)
        published, averaged = (name, "published"), ("vae_ablation", f"mean-{size}")
        label = f"without KL minus averaged, latent {size}"
        found += [
            Finding(
                f"KL divergence of the fitted Gaussian from N(0, I), nats, {label}",
                gap(content, (*published, "posterior_kl"), (*averaged, "posterior_kl")),
                low=0,
                margin=NATS,
                spec=".1f",
            ),
            Finding(
                f"noise of the codes relative to their spread, {label}",
                gap(content, (*published, "noise_fraction"), (*averaged, "noise_fraction")),
                high=0,
                margin=NOISE_MARGIN,
            ),
        ]
        found += [
            Finding(
                f"loss with KL {label} minus without, latent {size}",
                gap(content, ("vae_ablation", variant, "loss"), (*published, "loss")),
                low=CURVE_TOLERANCES[5],
                margin=0.0,
                spec=".4f",
                at_reduced_scale=ONLY_IF_TRUE,
            )
            for label, variant in (("summed", f"sum-{size}"), ("averaged", f"mean-{size}"))
        ]
    return found


def _codes_lie_elsewhere(content: Content) -> list[Finding]:
    found = near_figure_5(content)
    for name in VAES:
        ours = (name, "published")
        for kind, label in (("samples", "a sixth of N(0, I)"), ("prior", "N(0, I)")):
            found.append(
                Finding(
                    f"SWD of samples from {label} minus those from the fitted Gaussian, latent "
                    f"{latent_size(content, name)}",
                    gap(content, (*ours, f"{kind}_swd"), (*ours, "posterior_swd")),
                    low=0,
                    margin=FURTHER_MARGIN,
                    spec=".1f",
                )
            )
    return found


def _black_as_displayed(content: Content) -> list[Finding]:
    first = first_samples(content)
    return [
        Finding(
            "mean brightness after the first epoch, displayed as published",
            tuple(float(as_published(images).mean()) / 255 for images in first),
            high=BLACK_BELOW,
            margin=BLACK_MARGIN,
            at_reduced_scale=NEVER,
        ),
        Finding(
            "mean brightness of the same images, mapped",
            tuple(float(np.mean(images)) / 255 for images in first),
            low=NOT_DARK,
            margin=NOT_DARK_MARGIN,
            at_reduced_scale=NEVER,
        ),
    ]


def _one_adam_darkens(content: Content) -> list[Finding]:
    shared, separate = first_samples(content), first_samples(content, SEPARATE)
    brightness = {
        label: [[show(images).mean() / 255 for images in group] for group in (shared, separate)]
        for label, show in (("mapped", np.asarray), ("displayed as published", as_published))
    }
    return [
        Finding(
            f"brightness after the first epoch, one Adam minus two, {label}",
            tuple(float(one - two) for one, two in zip(*groups, strict=True)),
            high=0,
            margin=DARKER_MARGIN,
            at_reduced_scale=NEVER,
        )
        for label, groups in brightness.items()
    ]


FACE_DEFECT_CRITERIA = {
    "E1": Criterion(
        "The original's code shows that the term is on no path of its model. Tested is whether "
        "this explains what was published, at every latent size. First, a KL divergence in the "
        "loss, summed over the batch or averaged, makes the loss larger by more than "
        f"{CURVE_TOLERANCES[5]:g}, the tolerance for figure 5. Second, compared with averaging the "
        "KL, leaving it out puts the Gaussian fitted to the codes further from N(0, I) (with one "
        f"seed: by at least {NATS:g} nat) and makes the codes' noise smaller relative to their "
        f"spread (with one seed: by at least {NOISE_MARGIN:g}). {CURVES_CONDITION}",
        published_runs(*VAES)
        + pairs(
            "vae_ablation", [f"{kl}-{size}" for kl in ("sum", "mean") for size in (32, 64, 128)]
        ),
        ("fig:kl", "tbl:kl"),
        _kl_is_in_no_loss,
    ),
    "E2": Criterion(
        "After the first epoch, of the published number of steps, GAN-128's samples have a mean "
        f"brightness below {BLACK_BELOW:g} if negative values are displayed as black (with one "
        f"seed: below {BLACK_BELOW - BLACK_MARGIN:g}), and above {NOT_DARK:g} if values are mapped "
        f"to [0, 1] (with one seed: above {NOT_DARK + NOT_DARK_MARGIN:g}).",
        pairs(DARK),
        ("fig:gan-display",),
        _black_as_displayed,
    ),
    "E7": Criterion(
        "At every latent size, samples from N(0, I), both at a sixth of its scale and at its full "
        "scale, have a larger sliced Wasserstein distance (SWD) to real faces than samples from "
        "the Gaussian fitted to the codes (with one seed: by at least "
        f"{FURTHER_MARGIN:g}). {CURVES_CONDITION}",
        published_runs(*VAES),
        ("tbl:vae-images", "fig:vae-sampling"),
        _codes_lie_elsewhere,
    ),
    "E11": Criterion(
        "After the first epoch, of the published number of steps, GAN-128's samples are darker "
        "with one Adam for both networks than with two, seed by seed, both mapped to [0, 1] and as "
        f"displayed (with one seed: by at least {DARKER_MARGIN:g}).",
        (*pairs(DARK), SEPARATE),
        ("tbl:optimizers",),
        _one_adam_darkens,
    ),
}
