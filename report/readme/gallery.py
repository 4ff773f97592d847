"""The README's pictures: figures of the reference runs, none of which shows a photograph."""

from collections.abc import Mapping

from lib.system.paths import REPOSITORY
from report.reference.recorded_content import RecordedContent
from report.reference.recorded_runs import NotRecordedError

FOLDER = REPOSITORY / "docs" / "images"

CAPTIONS = {
    "text2text-accuracy": "Text to text, by the fraction of the queries to train on: per-character"
    " accuracy as published and as reproduced, and exact match",
    "kl": "VAEs by their KL divergence and reconstruction loss, with the KL divergence in no loss,"
    " as published, summed over the batch, or averaged over it",
    "vae-corrected-samples": "Faces sampled from the corrected VAE's prior: none is a person's",
    "gan-corrected-samples": "Faces sampled from the corrected GAN: none is a person's",
    "styles": "Answers of the corrected text-to-image model, in ten styles",
}


def draw_all(content: RecordedContent) -> dict[str, dict[str, str]]:
    """Draw into `FOLDER` those pictures whose runs are recorded.

    Return by the name of each figure its file and its conditions: the scale, data and seeds.
    """
    drawn = {}
    for figure in map(content.figure, CAPTIONS):
        if content.lacking(figure.needs):
            continue
        file_name = f"{content.asked.profile}-{figure.file_name}"
        try:
            shown = content.draw(figure, FOLDER / file_name)
        except NotRecordedError:
            continue
        drawn[figure.name] = {"file": file_name, "conditions": shown.conditions(figure.needs)}
    return drawn


def section(references: Mapping[str, dict]) -> str:
    """Return the pictures as Markdown, each from the last of the references that has it."""
    pictures = _shown(references)
    folder = FOLDER.relative_to(REPOSITORY)
    shown = [
        f"![{caption}]({folder}/{pictures[name]['file']})\n\n"
        f"*{caption} ({pictures[name]['conditions']}).*\n"
        for name, caption in CAPTIONS.items()
        if name in pictures
    ]
    return "\n".join(shown) or "None of the runs that they show is in the reference yet.\n"


def remove_unused(references: Mapping[str, dict]) -> None:
    """Remove those pictures from `FOLDER` that `section` does not show."""
    used = {picture["file"] for picture in _shown(references).values()}
    for file in FOLDER.iterdir():
        if file.name not in used:
            file.unlink()


def _shown(references: Mapping[str, dict]) -> dict[str, dict[str, str]]:
    pictures: dict[str, dict[str, str]] = {}
    for reference in references.values():
        pictures |= reference["pictures"]
    return pictures
