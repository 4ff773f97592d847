"""The table of models that generate faces: published and corrected, by real faces seen."""

from figures import GANS, VAES
from lib.config.base import Settings
from lib.config.faces import GANSettings
from report.content import Content, Pair
from report.criteria.gan import DARK
from report.wording import estimate

PUBLISHED_GANS = (*GANS, DARK)
CORRECTED_VAE, CORRECTED_GAN = ("vae_corrected", "corrected"), ("gan_corrected", "corrected")
NEEDS = (*VAES, CORRECTED_VAE, *PUBLISHED_GANS, CORRECTED_GAN)


def faces_seen(settings: Settings, epochs: int) -> int:
    """Return how many real faces a training has seen after `epochs`, counting repetitions."""
    if isinstance(settings, GANSettings):
        return epochs * settings.steps_per_epoch * settings.real_per_step
    return epochs * settings.image_count


def epochs_until(settings: Settings, faces: int) -> int:
    """Return how many whole epochs of a training fit into `faces` real faces."""
    return min(settings.epochs, faces // faces_seen(settings, 1))


def rows(content: Content) -> list[list[str]]:
    """Return for each model its name, the real faces seen, and SWD, precision, recall and error.

    A published VAE has a second row, for samples from the Gaussian that fits its codes, the closest
    of its samplings. The corrected GAN has a row for its end and one for each number of real faces
    that a published GAN has seen, rounded down to whole epochs.
    """
    table = []
    for pair in NEEDS:
        settings, end = _end(content, pair)
        if pair == CORRECTED_GAN:
            ends = [_end(content, each) for each in PUBLISHED_GANS]
            equal = {epochs_until(settings, faces_seen(*each)) for each in ends}
            before = sorted(epoch for epoch in equal if 0 < epoch < end)
            table += [_row(content, pair, settings, epoch, is_end=False) for epoch in before]
        table.append(_row(content, pair, settings, end))
        if pair in VAES:
            table.append(_row(content, pair, settings, end, "posterior"))
    return table


def _end(content: Content, pair: Pair) -> tuple[Settings, int]:
    """Return the settings of a pair, and the epochs that its training has or, not begun, is to."""
    (settings,) = content.settings_of([pair])
    reached = [run.result["epochs"] for run in content.reached(pair)]
    return settings, min(reached, default=settings.epochs)


def _row(
    content: Content,
    pair: Pair,
    settings: Settings,
    epoch: int,
    sampling: str = "samples",
    is_end: bool = True,
) -> list[str]:
    name = pair[0].partition("_")[0].upper()
    kind = "corrected" if pair in (CORRECTED_VAE, CORRECTED_GAN) else "published"
    if sampling == "posterior":
        kind += ", fitted Gaussian"
    heads = [
        f"{name}, {settings.latent_dim} dimensions, {kind}",
        f"{faces_seen(settings, epoch):,}",
    ]
    specs = {"swd": ".3g", "precision": ".3f", "recall": ".3f"}
    measured = {f"{sampling}_{metric}": spec for metric, spec in specs.items()}
    if is_end:
        if name != "GAN":
            measured["mean_squared_error"] = ".3g"
        numbers = [content.value(pair[0], *each, pair[1]) for each in measured.items()]
    elif runs := content.whole.complete(pair):
        numbers = [
            estimate([run.series(metric)[epoch - 1] for run in runs], spec)
            for metric, spec in measured.items()
        ]
    else:
        numbers = [content.unfinished([pair]) or content.why_no_numbers(pair)]
    return [*heads, *numbers, *["–"] * (4 - len(numbers))]
