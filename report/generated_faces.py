"""The table of models that draw faces: published and corrected, after equally many real faces."""

from collections.abc import Sequence

from lib.config.base import Settings
from lib.config.faces import GANSettings
from lib.runs.directories import Run
from report.content import Content, Pair, pairs
from report.criteria.findings import NOT_RUN
from report.criteria.gan import GANS
from report.criteria.vae import VAES
from report.wording import estimate

PUBLISHED_GANS = (*GANS, "gan_first_epoch")
CORRECTED_VAE, CORRECTED_GAN = ("vae_corrected", "corrected"), ("gan_corrected", "corrected")
NEEDS = tuple(
    pair
    for published, corrected in ((VAES, CORRECTED_VAE), (PUBLISHED_GANS, CORRECTED_GAN))
    for pair in (*(pair for name in published for pair in pairs(name)), corrected)
)


def faces_seen(settings: Settings, epochs: int) -> int:
    """Return how many real faces, repetitions included, a training has seen after `epochs`."""
    if isinstance(settings, GANSettings):
        return epochs * settings.steps_per_epoch * settings.real_per_step
    return epochs * settings.image_count


def epochs_until(settings: Settings, faces: int) -> int:
    """Return after how many whole epochs a training has seen no more than `faces` real faces."""
    return min(settings.epochs, faces // faces_seen(settings, 1))


def rows(content: Content) -> list[list[str]]:
    """Return for each model: name, real faces seen, SWD, recall and error of reconstructions.

    The corrected GAN has a row for its end, and one for each number of real faces that published
    ones have seen and it is measured after: where it is not, after the most below.
    """
    table = []
    for pair in NEEDS:
        (settings,) = content.settings_of([pair])
        ends = [settings.epochs]
        if pair == CORRECTED_GAN:
            published = content.settings_of(pair for name in PUBLISHED_GANS for pair in pairs(name))
            equal = {epochs_until(settings, faces_seen(each, each.epochs)) for each in published}
            ends = sorted({*equal, settings.epochs} - {0})
        table += [_row(content, pair, settings, epoch) for epoch in ends]
    return table


def _row(content: Content, pair: Pair, settings: Settings, epoch: int) -> list[str]:
    is_last = epoch == settings.epochs
    runs = (content if is_last else content.whole).complete(pair)
    name = pair[0].partition("_")[0].upper()
    kind = "corrected" if pair in (CORRECTED_VAE, CORRECTED_GAN) else "published"
    seen = faces_seen(settings, epoch)
    heads = [f"{name}, {settings.latent_dim} dimensions, {kind}", f"{seen:,}"]
    if not runs:
        known = content.absent if content.complete(pair) else NOT_RUN
        return [*heads, content.unfinished([pair]) or known, "–", "–"]
    error = "–" if name == "GAN" else content.value(pair[0], "mean_squared_error", ".3g", pair[1])
    generated = [
        estimate(_after(runs, metric, epoch, settings.epochs), spec)
        for metric, spec in (("samples_swd", ".3g"), ("samples_recall", ".3f"))
    ]
    return [*heads, *generated, error]


def _after(runs: Sequence[Run], metric: str, epoch: int, epochs: int) -> list[float]:
    if epoch == epochs:
        return [run.result["metrics"][metric] for run in runs]
    return [run.series(metric)[epoch - 1] for run in runs]
