"""What our runs measured, claim by claim: short, and only numbers of runs."""

from figures.image2text_curves import LAST_EPOCH
from report.content import Content
from report.wording import spread

FULL_SPLITS = ("train-95", "train-90", "train-75", "train-50", "train-25")
SMALL_SPLITS = ("train-10", "train-05")


def measured(content: Content) -> dict[str, str]:
    """Return, for each claim's name, Markdown that says what was measured."""
    return {
        **_of_faces(content),
        **_of_text2text(content),
        **_of_image2text(content),
        **_of_text2image(content),
    }


def _of_faces(content: Content) -> dict[str, str]:
    vaes, gans = ("vae_32", "vae_64", "vae_128"), ("gan_64", "gan_128", "gan_256")
    return {
        "C1": "final loss: " + _by_setting(content, vaes, "latent_dim", "loss", ".4f"),
        "C2": "sharpness of samples: "
        + _by_setting(content, vaes, "latent_dim", "samples_sharpness", ".3g"),
        "C3": "final loss by filters: "
        + _by_setting(content, ("vae_64", "vae_64_wide"), "filters", "loss", ".4f"),
        "C4": _smoothness(content, vaes),
        "C5": "sliced Wasserstein distance: "
        + _by_setting(content, gans, "latent_dim", "samples_swd", ".3g"),
        "C6": "sharpness of samples: "
        + _by_setting(content, gans, "latent_dim", "samples_sharpness", ".3g")
        + f"; of real faces: {content.value(gans[0], 'real_sharpness', '.3g')}",
        "C7": _brightness(content, "gan_128"),
        "C8": _smoothness(content, gans),
    }


def _of_text2text(content: Content) -> dict[str, str]:
    return {
        "C9": _by_share(content, "test_accuracy", FULL_SPLITS),
        "C10": _by_share(content, "test_accuracy", SMALL_SPLITS),
        "C11": "training: "
        + _by_share(content, "train_accuracy", SMALL_SPLITS)
        + "; validation: "
        + _by_share(content, "validation_accuracy", SMALL_SPLITS),
    }


def _of_image2text(content: Content) -> dict[str, str]:
    def accuracy(part: str, variant: str) -> str:
        return content.value("image2text", f"{part}_accuracy", ".3f", variant)

    flatten, convlstm = (accuracy("validation", name) for name in ("flatten", "convlstm"))
    text = content.value("text2text", "validation_accuracy", ".3f", "train-95")
    return {
        "C12": f"validation: flattening LSTM {flatten}, ConvLSTM {convlstm}; text to text {text}",
        "C13": f"validation: ConvLSTM {convlstm}, flattening LSTM {flatten}",
        "C14": "; ".join(
            f"{name}: training {accuracy('train', variant)}, "
            f"validation {accuracy('validation', variant)}"
            for name, variant in (
                ("flattening LSTM without", "flatten-unaugmented"),
                ("with", "flatten"),
                ("ConvLSTM without", "convlstm-unaugmented"),
                ("with", "convlstm"),
            )
        ),
        "C15": f"after {LAST_EPOCH} epochs at most: "
        + content.last("image2text", "val_accuracy", ".3f", "convlstm", LAST_EPOCH)
        + f"; after {content.value('image2text', 'epochs', '.0f', 'convlstm')}: {convlstm}",
        "C18": "not measured: no such model was trained",
    }


def _of_text2image(content: Content) -> dict[str, str]:
    losses = [
        f"{variant.replace('-', '/')}: "
        + content.value("text2image", "validation_loss", ".4f", variant)
        for variant in content.variants("text2image")
    ]
    first = content.last("text2image", "val_loss", ".4f", "1-1-512", 1)
    return {
        "C16": f"best validation loss: {', '.join(losses)}; 1/1/512 after its first epoch: {first}",
        "C17": "see @fig:text2image-sample",
    }


def _smoothness(content: Content, experiments: tuple[str, ...]) -> str:
    values = _by_setting(content, experiments, "latent_dim", "interpolation_smoothness", ".3g")
    return f"largest step in pixels over the mean one, 1 is even: {values}"


def _by_setting(
    content: Content, experiments: tuple[str, ...], setting: str, metric: str, spec: str
) -> str:
    return ", ".join(
        f"{content.setting(experiment, setting)}: {content.value(experiment, metric, spec)}"
        for experiment in experiments
    )


def _by_share(content: Content, metric: str, variants: tuple[str, ...]) -> str:
    return ", ".join(
        f"{content.setting('text2text', 'train_fraction', variant):.0%}: "
        + content.value("text2text", metric, ".4f", variant)
        for variant in variants
    )


def _brightness(content: Content, experiment: str) -> str:
    pair = (experiment, "published")
    runs = content.complete(pair)
    if not runs:
        return content.absent(pair)
    first, last = (
        spread([run.samples["samples"][epoch].mean() for run in runs], ".0f") for epoch in (0, -1)
    )
    return f"mean brightness, of 255: {first} after the first epoch, {last} after the last"
