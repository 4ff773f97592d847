"""What `make generate`, `reconstruct`, `interpolate`, `encode`, `answer` and `export` do.

Each takes the model and the options, writes its files into build/trained/, and returns the lines to
print; the last one ends with the path of the result.
"""

import csv
import itertools
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from lib.data import digits
from lib.data.arithmetic import arithmetic, decode
from lib.data.images.listing import printable
from lib.data.images.reading import NamedImage, open_images
from lib.metrics.images import reconstruction_error
from lib.models import export
from lib.system import files
from lib.system.errors import UserError
from lib.system.paths import BUILD, display
from lib.trained import arithmetic as of_arithmetic
from lib.trained import handwriting
from lib.trained.faces import FaceModel
from lib.trained.model import TrainedModel
from lib.trained.options import Options
from lib.visual import sheets

ON_A_SHEET = 400  # images or interpolations, at most
_BLOCK = 200  # images in memory at once
_DEFAULT_COUNT = 64
_INTERPOLATIONS = 5  # between draws, unless COUNT says otherwise
_ANIMATION_STEPS = 24


def generate(model: FaceModel, options: Options) -> list[str]:
    """Write samples as single files and on a sheet."""
    count = options.count or _DEFAULT_COUNT
    folder = _folder(model, options, f"generate-seed-{options.seed}")
    latents = model.latents(count, options.seed)
    # Those of another count, or of the same model before it was trained again.
    shutil.rmtree(folder / "samples", ignore_errors=True)
    shown = []
    with _progress(count, "generating") as bar:
        for start in range(0, count, _BLOCK):
            images = model.decode(latents[start : start + _BLOCK])
            for k, image in enumerate(images, start + 1):
                sheets.save(Image.fromarray(image), folder / "samples" / f"{k:06}.png")
            shown.append(images[: max(0, ON_A_SHEET - start)])
            bar.update(len(images))
    sheets.save(sheets.sheet(np.concatenate(shown), scale=2), folder / "sheet.png")
    return [
        f"{count} samples as single files: {display(folder / 'samples')}",
        f"a sheet of {min(count, ON_A_SHEET)}: {display(folder / 'sheet.png')}",
    ]


def reconstruct(model: FaceModel, options: Options) -> list[str]:
    """Write a sheet of images above their reconstructions, and the error of each image."""
    folder = _folder(model, options, "reconstruct")
    rows, shown = [], []
    for names, images in _blocks(_own_images(options)):
        reconstructions = model.reconstruct(images)
        for name, pair in zip(names, zip(images, reconstructions, strict=True), strict=True):
            error = reconstruction_error(pair[0][None], pair[1][None])
            rows.append({"file": name, **{key: f"{value:.6g}" for key, value in error.items()}})
        if len(rows) - len(images) < ON_A_SHEET:
            shown.append((images, reconstructions))
    originals, reconstructed = (
        np.concatenate(each)[:ON_A_SHEET] for each in zip(*shown, strict=True)
    )
    _write_table(folder / "errors.csv", rows)
    sheets.save(sheets.pairs(originals, reconstructed, scale=2), folder / "pairs.png")
    return [
        f"error of each of {len(rows)} images: {display(folder / 'errors.csv')}",
        f"images above their reconstructions: {display(folder / 'pairs.png')}",
    ]


def interpolate(model: FaceModel, options: Options) -> list[str]:
    """Write interpolations as strips and as an animation: between draws, or between images."""
    folder = _folder(model, options, f"interpolate-seed-{options.seed}")
    if options.faces:
        model.check_has_encoder()
        images = [each.pixels for each in _own_images(options, limit=ON_A_SHEET + 1)]
        if len(images) < 2:
            raise UserError('one image; give two or more, as in FACES="a.jpg b.jpg"')
        ends = list(itertools.pairwise(model.encode(np.stack(images))))
        folder = folder.with_name("interpolate-images")
    else:
        latents = model.latents(2 * (options.count or _INTERPOLATIONS), options.seed)
        ends = list(zip(latents[::2], latents[1::2], strict=True))[:ON_A_SHEET]
    strips = np.concatenate([model.interpolate(*pair, options.steps) for pair in ends])
    sheets.save(sheets.sheet(strips, columns=options.steps, scale=2), folder / "strips.png")
    frames = np.stack(
        [model.interpolate(*pair, _ANIMATION_STEPS) for pair in ends[:_INTERPOLATIONS]]
    )
    sheets.save_animation(sheets.interpolation_frames(frames, 2), folder / "animation.gif")
    return [
        f"animation: {display(folder / 'animation.gif')}",
        f"{len(ends)} interpolations, one per line: {display(folder / 'strips.png')}",
    ]


def encode(model: FaceModel, options: Options) -> list[str]:
    """Write the latents of images as .npz (names, latents) and as .csv."""
    folder = _folder(model, options, "encode")
    names, latents = [], []
    for block_names, images in _blocks(_own_images(options)):
        names += block_names
        latents.append(model.encode(images))
    table = np.concatenate(latents)
    with files.replaced(folder / "latents.npz") as temporary:
        np.savez(temporary, names=np.array(names), latents=table)
    columns = [f"latent_{k}" for k in range(1, table.shape[1] + 1)]
    _write_table(
        folder / "latents.csv",
        [
            {"file": name, **dict(zip(columns, map(repr, map(float, row)), strict=True))}
            for name, row in zip(names, table, strict=True)
        ],
    )
    return [
        f"latents of {len(names)} images for NumPy: {display(folder / 'latents.npz')}",
        f"the same as text: {display(folder / 'latents.csv')}",
    ]


def answer(model: TrainedModel, options: Options) -> list[str]:
    """Answer queries: in text, or in images, which are written."""
    if isinstance(model, of_arithmetic.ImageReader):
        return _read(model, options)
    if options.images:
        raise UserError(f"{model.name} takes written queries, not IMAGES=; give QUERY=")
    queries = _queries(options)
    if isinstance(model, of_arithmetic.TextAnswerer):
        return _compared(queries, model.answer(queries))
    images = model.draw(queries, options.seed)
    path = _folder(model, options, "answer") / f"answers-seed-{options.seed}.png"
    _save_texts(images, path)
    if isinstance(model, of_arithmetic.StyledTextDrawer):
        lines = _compared(queries, model.answer(queries))
    else:
        solved = zip(queries, _solutions(queries), strict=True)
        lines = [f"{query} = {solution}: the correct answer" for query, solution in solved]
    return [*lines, f"generated digits, one answer per line: {display(path)}"]


def _read(model: of_arithmetic.ImageReader, options: Options) -> list[str]:
    if options.images and options.queries:
        raise UserError("both QUERY= and IMAGES= are given; give one of them")
    if options.images:
        images = handwriting.read(options.images)
        lines = [f"the images are answered: {answer}" for answer in model.read(images)]
    else:
        queries = _queries(options)
        handwriting_of = digits.prepare("auto", None)["name"]
        images = of_arithmetic.handwritten(queries, options.seed)
        lines = [f"handwriting: {handwriting_of}", *_compared(queries, model.read(images))]
    path = _folder(model, options, "answer") / f"queries-seed-{options.seed}.png"
    _save_texts(images, path)
    return [*lines, f"as the model sees it, one query per line: {display(path)}"]


def _save_texts(images: np.ndarray, path: Path) -> None:
    """Write texts as images of their tokens, one text per line."""
    sheets.save(sheets.sheet(sheets.strips(images), columns=1, scale=4), path)


def export_networks(model: TrainedModel, options: Options) -> list[str]:
    """Write the networks as .keras files, which tf_keras opens without this project."""
    folder = _folder(model, options, "networks")
    export.write(folder, model.networks)
    names = ", ".join(f"{name}{export.SUFFIX}" for name in model.networks)
    return [f"{names}: {display(folder)}"]


COMMANDS = {
    "generate": generate,
    "reconstruct": reconstruct,
    "interpolate": interpolate,
    "encode": encode,
    "answer": answer,
    "export": export_networks,
}


def _queries(options: Options) -> tuple[str, ...]:
    if not options.queries:
        raise UserError('QUERY= is missing; give one, as in QUERY="46+69"')
    of_arithmetic.indices_of(options.queries)
    return options.queries


def _solutions(queries: Sequence[str]) -> list[str]:
    return decode(arithmetic().answers[of_arithmetic.indices_of(queries)])


def _compared(queries: Sequence[str], answers: Sequence[str]) -> list[str]:
    return [
        f"{query} = {answer} ({'correct' if answer == solution else f'wrong: it is {solution}'})"
        for query, answer, solution in zip(queries, answers, _solutions(queries), strict=True)
    ]


def _own_images(options: Options, limit: int | None = None) -> Iterator[NamedImage]:
    """Yield the user's images, at most `limit`: of image files, folders, archives and arrays.

    Unusable ones are skipped, and reported after the last. Raises UserError if none is usable.
    """
    if not options.faces:
        raise UserError("FACES= is missing; give an image, or a folder or archive of images")
    used, reasons = 0, []
    for path in options.faces:
        with open_images(path) as images:
            yield from images.read(None if limit is None else limit - used)
            used += images.used
            if images.skipped:
                reasons.append(images.summary())
        if used == limit:
            break
    skipped = "; ".join(reasons)
    if not used:
        given = " ".join(map(display, options.faces))
        raise UserError(f"{given}: no usable image (skipped: {skipped or 'none there'})")
    if skipped:
        print(f"{used:,} images used; skipped: {skipped}", file=sys.stderr)


def _blocks(given: Iterator[NamedImage]) -> Iterator[tuple[list[str], np.ndarray]]:
    """Yield the names and the pixels of the images, block by block, under a progress bar."""
    with _progress(None, "reading") as bar:
        while block := list(itertools.islice(given, _BLOCK)):
            names = [printable(each.name) for each in block]
            yield names, np.stack([each.pixels for each in block])
            bar.update(len(block))


def _folder(model: TrainedModel, options: Options, name: str) -> Path:
    if options.recorded:
        return BUILD / "trained" / model.name / "recorded" / name
    profile, _, variant, seed = Path(model.source).parts[-4:]
    return BUILD / "trained" / model.name / f"{profile}-{variant}-{seed}" / name


def _write_table(path: Path, rows: Sequence[dict[str, object]]) -> None:
    with (
        files.replaced(path) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _progress(total: int | None, title: str) -> tqdm:
    return tqdm(total=total, desc=title, leave=False, disable=None, unit=" images")
