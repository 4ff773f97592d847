"""What our runs can say so far about each suspected defect of the original, in Markdown."""

from report.content import Content, pairs
from report.criteria_gan import GANS, clipped_share
from report.criteria_text2image import BASE, drawn_sharpness
from report.criteria_vae import VAES
from report.wording import estimate


def seen(content: Content) -> dict[str, str]:
    """Return, for each defect's name, what was measured, or why our runs do not tell."""
    value = content.value
    return {
        "E1": "present in our runs: the divergence is "
        + _by_size(content, VAES, "kl_loss", ".4f")
        + " of a loss of "
        + _by_size(content, VAES, "loss", ".4f")
        + "; active units: "
        + _by_size(content, VAES, "active_units", ".1f"),
        "E2": "values below mid-grey, which turn black, after the first epoch: "
        + _clipped(content, 0)
        + "; after the last: "
        + _clipped(content, -1),
        "E3": "present in our augmented runs; the others differ from them in the augmentation too, "
        f"so only runs with the defect mended tell. Validation: with it {_read(content, 'flatten')}"
        f", without both {_read(content, 'flatten-unaugmented')} (flattening LSTM)",
        "E4": f"1/1/512: validation loss {value('text2image', 'validation_loss', '.4f', BASE)}, "
        f"training loss {value('text2image', 'training_loss', '.4f', BASE)}",
        "E5": f"sharpness of 1/1/512's drawings: {_drawn(content, 'predictions')}; of their "
        f"targets: {_drawn(content, 'targets')}",
        "E6": "characters and whole answers right: text to text, "
        + ", ".join(
            f"{content.setting('text2text', 'train_fraction', variant):.0%}: "
            f"{value('text2text', 'test_accuracy', '.3f', variant)} and "
            f"{value('text2text', 'test_exact_match', '.3f', variant)}"
            for variant in ("train-95", "train-05")
        )
        + f"; ConvLSTM: {_read(content, 'convlstm')} and "
        + value("image2text", "validation_exact_match", ".3f", "convlstm"),
        "E7": "MS-SSIM between samples as published: "
        + _by_size(content, VAES, "samples_ms_ssim", ".2f")
        + "; from the full prior: "
        + _by_size(content, VAES, "prior_ms_ssim", ".2f")
        + f"; of real faces: {value('vae_64', 'real_ms_ssim', '.2f')}",
        "E8": "see @tbl:disagreements",
        "E9": "present in our runs, by construction; no run of ours reads other handwriting",
    }


def ran(content: Content) -> dict[str, str]:
    """Return, for each disagreement's name, what our runs did."""
    return {
        "gan_epochs": f"{content.setting('gan_256', 'epochs'):,} epochs",
        "padding": "on the right",
        "convlstm_parameters": content.value("image2text", "parameters", ",.0f", "convlstm"),
        "interpolation": "both: @fig:vae-interpolation",
    }


def _by_size(content: Content, experiments: tuple[str, ...], name: str, spec: str) -> str:
    return ", ".join(
        f"{content.value(experiment, name, spec)} ({content.setting(experiment, 'latent_dim')})"
        for experiment in experiments
    )


def _read(content: Content, variant: str) -> str:
    return content.value("image2text", "validation_accuracy", ".3f", variant)


def _clipped(content: Content, epoch: int) -> str:
    found = []
    for experiment in GANS:
        (pair,) = pairs(experiment)
        shares = [
            100 * clipped_share(run.samples["samples"][epoch]) for run in content.complete(pair)
        ]
        text = f"{estimate(shares, '.0f')}%" if shares else content.absent(pair)
        found.append(f"{text} ({content.setting(experiment, 'latent_dim')})")
    return ", ".join(found)


def _drawn(content: Content, name: str) -> str:
    pair = ("text2image", BASE)
    values = [drawn_sharpness(run.samples[name]) for run in content.complete(pair)]
    return estimate(values, ".3g") if values else content.absent(pair)
