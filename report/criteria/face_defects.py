"""Criteria of the suspected defects of the VAEs and GANs."""

from collections.abc import Callable

import numpy as np

from figures import VAES, pairs
from figures.gan_display import as_published
from report.content import Content, Pair
from report.criteria.comparisons import CURVE_TOLERANCES, difference, latent
from report.criteria.findings import NEVER, ONLY_IF_TRUE, Bounds, Criterion, Finding
from report.criteria.gan import BLACK, DARK, first_samples
from report.criteria.vae import CURVES_CONDITION, near_figure_5

FURTHER = Bounds(low=0, margin=1.0)  # E1: the codes' KL divergence from N(0, I), in nats
LESS_NOISE = Bounds(high=0, margin=0.05)  # E1
LARGER_LOSS = Bounds(low=CURVE_TOLERANCES[5], margin=0.0, at_reduced_scale=ONLY_IF_TRUE)  # E1
ELSEWHERE = Bounds(low=0, margin=5.0)  # E7: sliced Wasserstein distance, times 1000
# E2: mean brightness where black is 0 and white 1
NOT_DARK = Bounds(low=0.25, at_reduced_scale=NEVER)
DARKER = Bounds(high=0, at_reduced_scale=NEVER)  # E11: mean brightness
SUMMED = pairs("vae_ablation", ("sum-32", "sum-64", "sum-128"))
AVERAGED = pairs("vae_ablation", ("mean-32", "mean-64", "mean-128"))
SEPARATE: Pair = ("gan_ablation", "separate-optimizers")


def _kl_is_in_no_loss(content: Content) -> list[Finding]:
    found = near_figure_5(content)
    gaussian = "KL divergence of the fitted Gaussian from N(0, I), nats, without KL minus averaged"
    noise = "noise of the codes relative to their spread, without KL minus averaged"
    for model, summed, averaged in zip(VAES, SUMMED, AVERAGED, strict=True):
        for what, metric, first, second, bounds, spec in (
            (gaussian, "posterior_kl", model, averaged, FURTHER, ".1f"),
            (noise, "noise_fraction", model, averaged, LESS_NOISE, ".3f"),
            ("loss with KL summed minus without", "loss", summed, model, LARGER_LOSS, ".4f"),
            ("loss with KL averaged minus without", "loss", averaged, model, LARGER_LOSS, ".4f"),
        ):
            values = difference(content, first, second, metric)
            found.append(Finding(f"{what}, {latent(content, model)}", values, bounds, spec))
    return found


def _codes_lie_elsewhere(content: Content) -> list[Finding]:
    found = near_figure_5(content)
    for model in VAES:
        fitted = content.numbers(model, "posterior_swd")
        for kind, label in (("samples", "a sixth of N(0, I)"), ("prior", "N(0, I)")):
            what = (
                f"SWD of samples from {label} minus those from the fitted Gaussian, "
                f"{latent(content, model)}"
            )
            values = content.numbers(model, f"{kind}_swd") - fitted
            found.append(Finding(what, values, ELSEWHERE, spec=".1f"))
    return found


def _black_as_displayed(content: Content) -> list[Finding]:
    displayed, mapped = (_brightness(content, DARK, show) for show in (as_published, np.asarray))
    return [
        Finding("mean brightness after the first epoch, displayed as published", displayed, BLACK),
        Finding("mean brightness of the same images, mapped", mapped, NOT_DARK),
    ]


def _one_adam_darkens(content: Content) -> list[Finding]:
    found = []
    for label, show in (("mapped", np.asarray), ("displayed as published", as_published)):
        shared, separate = (_brightness(content, pair, show) for pair in (DARK, SEPARATE))
        what = f"brightness after the first epoch, one Adam minus two, {label}"
        found.append(Finding(what, shared - separate, DARKER))
    return found


def _brightness(content: Content, pair: Pair, show: Callable) -> np.ndarray:
    """Return the mean brightness, 0 to 1, of each seed's first samples as `show` returns them."""
    return np.array([show(images).mean() / 255 for images in first_samples(content, pair)])


FACE_DEFECT_CRITERIA = {
    "E1": Criterion(
        "The original's code shows that the term is on no path of its model. Tested is whether "
        "this explains what was published, at every latent size. First, a KL divergence in the "
        "loss, summed over the batch or averaged, makes the loss larger by more than "
        f"{CURVE_TOLERANCES[5]:g}, the tolerance for figure 5. Second, compared with averaging the "
        "KL, leaving it out puts the Gaussian fitted to the codes further from N(0, I) (with one "
        f"seed: by at least {FURTHER.margin:g} nat) and makes the codes' noise smaller relative to "
        f"their spread (with one seed: by at least {LESS_NOISE.margin:g}). {CURVES_CONDITION}",
        (*VAES, *SUMMED, *AVERAGED),
        ("fig:kl", "tbl:kl"),
        _kl_is_in_no_loss,
    ),
    "E2": Criterion(
        "After the first epoch, of the published number of steps, GAN-128's samples have a mean "
        f"brightness below {BLACK.high:g} if negative values are displayed as black, and above "
        f"{NOT_DARK.low:g} if values are mapped to [0, 1]. One seed decides nothing: seeds differ "
        "by more than that. Whether the display explains C6, which is about the last epoch, is not "
        "tested.",
        (DARK,),
        ("fig:gan-display",),
        _black_as_displayed,
        version=2,
    ),
    "E7": Criterion(
        "At every latent size, samples from N(0, I), both at a sixth of its scale and at its full "
        "scale, have a larger sliced Wasserstein distance (SWD) to real faces than samples from "
        "the Gaussian fitted to the codes (with one seed: by at least "
        f"{ELSEWHERE.margin:g}). {CURVES_CONDITION}",
        VAES,
        ("tbl:vae-images", "fig:vae-sampling"),
        _codes_lie_elsewhere,
    ),
    "E11": Criterion(
        "After the first epoch, of the published number of steps, GAN-128's samples are darker "
        "with one Adam for both networks than with two, seed by seed, both mapped to [0, 1] and as "
        "displayed. One seed decides nothing: seeds differ by more than the two optimizers.",
        (DARK, SEPARATE),
        ("tbl:optimizers",),
        _one_adam_darkens,
        version=2,
    ),
}
