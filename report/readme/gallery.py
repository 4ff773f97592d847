"""The README's images: figures of the reference runs, none of which shows a photograph."""

from collections.abc import Mapping

from lib.system.paths import REPOSITORY
from report.reference.recorded_content import RecordedContent

FOLDER = REPOSITORY / "docs" / "images"

CAPTIONS = {
    "text2text-accuracy": "Text-to-text test accuracy by the fraction of the queries to train on:"
    " per character, published and reproduced, and exact match, reproduced",
    "kl": "KL divergence and reconstruction loss of the VAEs, with no KL in the loss as published,"
    " with the KL summed over the batch, and with the KL averaged over it",
    "vae-corrected-samples": "Faces from the corrected VAE's prior; none is a real person",
    "gan-corrected-samples": "Faces from the corrected GAN; none is a real person",
    "styles": "Answers of the corrected text-to-image model, in ten styles",
}


def draw_all(content: RecordedContent) -> dict[str, dict[str, str]]:
    """Draw the images whose runs are recorded into `FOLDER`.

    Return the file and the conditions (scale, data, seeds) of each, by the name of the figure.
    """
    prefix = f"{content.requested.profile}-"
    chosen = [content.figure(name) for name in CAPTIONS]
    shown = content.drawn(FOLDER, chosen, prefix)
    return {
        figure.name: {
            "file": f"{prefix}{figure.file_name}",
            "conditions": shown.figure_conditions(figure),
        }
        for figure in chosen
        if figure.name in shown.drawn_from
    }


def section(references: Mapping[str, dict]) -> str:
    """Return the images as Markdown, each from the last of the references that has it."""
    images = _shown(references)
    folder = FOLDER.relative_to(REPOSITORY)
    shown = [
        f"![{caption}]({folder}/{images[name]['file']})\n\n"
        f"*{caption} ({images[name]['conditions']}).*\n"
        for name, caption in CAPTIONS.items()
        if name in images
    ]
    return "\n".join(shown) or "The reference has none of the runs that the images show.\n"


def remove_unused(references: Mapping[str, dict]) -> None:
    """Remove images from `FOLDER` that `section` does not show."""
    used = {image["file"] for image in _shown(references).values()}
    for file in FOLDER.iterdir():
        if file.name not in used:
            file.unlink()


def _shown(references: Mapping[str, dict]) -> dict[str, dict[str, str]]:
    images: dict[str, dict[str, str]] = {}
    for reference in references.values():
        images |= reference["images"]
    return images
