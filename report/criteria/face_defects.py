"""What decides whether the suspected defects of the VAEs and GANs are real."""

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
from report.criteria.vae import CURVES_WORDS, VAES, near_figure_5

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
                f"KL divergence of the codes' Gaussian from N(0, I), nats, {label}",
                gap(content, (*published, "posterior_kl"), (*averaged, "posterior_kl")),
                low=0,
                margin=NATS,
                spec=".1f",
            ),
            Finding(
                f"noise of the codes over their spread, {label}",
                gap(content, (*published, "noise_fraction"), (*averaged, "noise_fraction")),
                high=0,
                margin=NOISE_MARGIN,
            ),
        ]
        found += [
            Finding(
                f"loss with KL {words} minus without, latent {size}",
                gap(content, ("vae_ablation", variant, "loss"), (*published, "loss")),
                low=CURVE_TOLERANCES[5],
                margin=0.0,
                spec=".4f",
                at_reduced_scale=ONLY_IF_TRUE,
            )
            for words, variant in (("summed", f"sum-{size}"), ("averaged", f"mean-{size}"))
        ]
    return found


def _codes_lie_elsewhere(content: Content) -> list[Finding]:
    found = near_figure_5(content)
    for name in VAES:
        ours = (name, "published")
        for kind, words in (("samples", "a sixth of N(0, I)"), ("prior", "N(0, I)")):
            found.append(
                Finding(
                    f"SWD of samples from {words} minus those from the codes' Gaussian, latent "
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
        words: [[show(images).mean() / 255 for images in group] for group in (shared, separate)]
        for words, show in (("mapped", np.asarray), ("displayed as published", as_published))
    }
    return [
        Finding(
            f"brightness after the first epoch, one Adam minus two, {words}",
            tuple(float(one - two) for one, two in zip(*groups, strict=True)),
            high=0,
            margin=DARKER_MARGIN,
            at_reduced_scale=NEVER,
        )
        for words, groups in brightness.items()
    ]


FACE_DEFECT_CRITERIA = {
    "E1": Criterion(
        "That the term is on no path of the original's model is certain from its code. Whether "
        "that explains what was published is tested, at every latent size: the loss with a KL "
        "divergence, summed over the batch or averaged, is larger than without by more than "
        f"{CURVE_TOLERANCES[5]:g}, as near as the one without has to be to figure 5; and without "
        "it, against the model that averages it, the Gaussian that fits the codes is further from "
        f"N(0, I) (one seed: by {NATS:g} nat), and their noise is smaller against their spread "
        f"(one seed: by {NOISE_MARGIN:g}). {CURVES_WORDS}",
        published_runs(*VAES)
        + pairs(
            "vae_ablation", [f"{kl}-{size}" for kl in ("sum", "mean") for size in (32, 64, 128)]
        ),
        ("fig:kl", "tbl:kl"),
        _kl_is_in_no_loss,
    ),
    "E2": Criterion(
        "GAN-128's samples after the first epoch have a mean brightness, from 0 to 1, below "
        f"{BLACK_BELOW:g} as published, with negative values displayed as black, and above "
        f"{NOT_DARK:g} when mapped (one seed: by {BLACK_MARGIN:g} and {NOT_DARK_MARGIN:g}). Judged "
        "after the published number of steps.",
        pairs(DARK),
        ("fig:gan-display",),
        _black_as_displayed,
    ),
    "E7": Criterion(
        "At every latent size, samples from N(0, I), at a sixth of its scale and at its full "
        "scale, have a larger sliced Wasserstein distance (SWD) to real faces than samples from "
        f"the Gaussian that fits the codes (one seed: by {FURTHER_MARGIN:g}). {CURVES_WORDS}",
        published_runs(*VAES),
        ("tbl:vae-images", "fig:vae-ways"),
        _codes_lie_elsewhere,
    ),
    "E11": Criterion(
        "After the first epoch, the samples of GAN-128 are darker with one Adam for both networks "
        f"than with two, seed by seed, mapped and as displayed (one seed: by {DARKER_MARGIN:g}). "
        "Evaluated after the published number of steps.",
        (*pairs(DARK), SEPARATE),
        ("tbl:optimizers",),
        _one_adam_darkens,
    ),
}
