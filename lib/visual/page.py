"""The page of a run: everything that it shows, in one HTML file without any other."""

import base64
import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path

import jinja2
import numpy as np
from PIL import Image

from lib.config.experiments import experiments, title
from lib.config.request import Request, planned
from lib.runs import directories
from lib.system import files
from lib.visual import curves, sheets

FOLDER = "images"  # of a run directory: what its page shows, as files
_SHOWN_ANSWERS = 12


def write(run: directories.Run) -> Path:
    """Draw what a run shows after its end into images/, and write page.html; return its path.

    `run` needs no result.json yet. Raises UserError if its other files are missing or unreadable,
    or if a file cannot be written.
    """
    key = run.key
    folder = key.path / FOLDER
    curves.draw(run.history, folder / "curves.png")
    shown = list(_draw(run, folder))
    text = _template().render(
        title=title(key.experiment),
        changes=_changes(run),
        run=run,
        finished=len(run.history) == run.config["spec"]["settings"]["epochs"],
        synthetic=[
            each["name"] for each in run.config["spec"]["data"].values() if each["synthetic"]
        ],
        images=[(caption, _as_url(folder / name)) for caption, name in shown],
        curves=_as_url(folder / "curves.png"),
        answers=_answers(run),
        usage=_usage(key),
        networks=sorted(path.name for path in (key.path / directories.NETWORKS).glob("*.keras")),
        primary_metric=experiments()[key.experiment].settings.primary_metric,
    )
    files.write_text(key.path / directories.PAGE, text)
    return key.path / directories.PAGE


def _changes(run: directories.Run) -> list[str]:
    """Return how the settings of a run differ from those of its experiment in its profile."""
    key, settings = run.key, run.config["spec"]["settings"]
    (own,) = planned(Request(key.profile, (key.seed,)), [key.experiment], [key.variant])
    return [
        f"{name.upper()}={settings[name]} instead of {value}"
        for name, value in dataclasses.asdict(own.settings).items()
        if settings[name] != value
    ]


def _draw(run: directories.Run, folder: Path) -> Iterator[tuple[str, str]]:
    """Write the images of a run; yield the caption and the file name of each."""
    samples = run.samples
    if len(samples.get("samples", ())):
        sheets.save(sheets.sheet(samples["samples"][-1], scale=2), folder / "samples.png")
        yield "Samples after the last epoch", "samples.png"
    if "posterior_samples" in samples:
        sheets.save(sheets.sheet(samples["posterior_samples"], scale=2), folder / "posterior.png")
        yield "Samples from the Gaussian that fits the codes of the images", "posterior.png"
    if "originals" in samples:
        grid = sheets.pairs(samples["originals"], samples["reconstructions"], scale=2)
        sheets.save(grid, folder / "reconstructions.png")
        yield "Images, and below each its reconstruction", "reconstructions.png"
    for name, between in (("interpolation", "samples"), ("image_interpolation", "images")):
        if name in samples:
            paths = samples[name]
            grid = sheets.sheet(paths.reshape(-1, *paths.shape[2:]), paths.shape[1], scale=2)
            sheets.save(grid, folder / f"{name}.png")
            yield f"Interpolations between {between}, from left to right", f"{name}.png"
            frames = sheets.interpolation_frames(paths, scale=2)
            sheets.save_animation(frames, folder / f"{name}.gif")
            yield f"Interpolations between {between}", f"{name}.gif"
    if "styles" in samples:
        grid = samples["styles"][:, :6]
        strips = sheets.strips(grid.reshape(-1, *grid.shape[2:]))
        sheets.save(sheets.sheet(strips, columns=grid.shape[1]), folder / "answers.png")
        queries = ", ".join(each["query"] for each in run.result["examples"])
        yield f"Answers to {queries}, from top to bottom, each in six styles", "answers.png"
    if "validation_predictions" in samples:
        pair = (samples[f"validation_{kind}"] for kind in ("targets", "predictions"))
        grid = sheets.pairs(*(sheets.strips(each[:_SHOWN_ANSWERS]) for each in pair), columns=6)
        sheets.save(grid, folder / "answers.png")
        queries = run.result["examples"]["validation"][:_SHOWN_ANSWERS]
        listed = ", ".join(each["query"] for each in queries)
        yield (
            f"Digit images to learn, and below each the generated answer, to {listed}",
            "answers.png",
        )


def _usage(key: directories.RunKey) -> list[str]:
    """Return the calls of Make that use the trained model."""
    examples = {
        "generate": "COUNT=64",
        "reconstruct": "FACES=<image or folder>",
        "interpolate": "",
        "encode": "FACES=<folder>",
        "answer": 'QUERY="46+69"',
    }
    which = [f"MODEL={key.target}", f"PROFILE={key.profile}"]
    if len(experiments()[key.experiment].variants) > 1:
        which.append(f"VARIANT={key.variant}")
    if key.seed:
        which.append(f"SEEDS={key.seed}")
    targets = experiments()[key.experiment].settings.targets
    return [" ".join(["make", target, *which, examples[target]]).rstrip() for target in targets]


def _answers(run: directories.Run) -> list[dict]:
    """Return some answers to test queries: texts, whether correct, and any image of the query."""
    images = run.samples.get("answered_images", ())
    answers = run.result.get("answers", [])
    urls = (
        [_data_url(sheets.sheet(each[None])) for each in sheets.strips(np.array(images))]
        if len(images)
        else [None] * len(answers)
    )
    return [
        {**each, "correct": each["answer"] == each["predicted"], "image": url}
        for each, url in zip(answers, urls, strict=False)
    ]


def _as_url(path: Path) -> str:
    kind = path.suffix.removeprefix(".")
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _data_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "png")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _template() -> jinja2.Template:
    folder = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(
        loader=folder,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("page.html.j2")
