"""`python -m benchmarks.preparation <task> [zip]`: prepare data once; print seconds and memory."""

import io
import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.memory import peak_megabytes, peak_megabytes_of_children
from benchmarks.processes import cores
from lib.config.arithmetic import Image2TextSettings
from lib.data import digits, faces
from lib.data.arithmetic import VOCABULARY, TokenImages, arithmetic, sample_query_images
from lib.data.images import SIDE
from lib.data.operators import operator_images

COUNT = 20_000
SIZE = (178, 218)  # width and height of CelebA's aligned pictures


def write_pictures(path: Path, count: int = COUNT) -> None:
    """Write a zip of `count` JPEGs, 178x218 as CelebA's, the prepared faces enlarged."""
    images = faces.load().images
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(count):
            enlarged = cv2.resize(images[number % len(images)], SIZE, interpolation=cv2.INTER_CUBIC)
            encoded = cv2.imencode(".jpg", cv2.cvtColor(enlarged, cv2.COLOR_RGB2BGR))[1]
            archive.writestr(f"img_align_celeba/{number + 1:06}.jpg", encoded.tobytes())


def ours_faces(path: Path) -> None:
    """Prepare the faces as `make data FACES=<zip>` does."""
    with tempfile.TemporaryDirectory() as folder:
        faces.prepare("auto", path, Path(folder) / "faces")


def notebook_faces(path: Path) -> None:
    """Read one picture after the other with Pillow into one array of floating-point numbers."""
    from PIL import Image

    pictures = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            picture = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
            pictures.append(np.asarray(picture.resize((SIDE, SIDE))))
    pixels = np.array(pictures, np.float32) / 255
    del pixels


def ours_queries() -> None:
    """Draw digit instances for all queries and answers; read them by batch, as trainings do."""
    tokens = TokenImages.for_training(digits.load())
    batch_size = Image2TextSettings().batch_size
    for codes in (arithmetic().queries, arithmetic().answers):
        drawn = sample_query_images(tokens, codes, seed=0)
        for begin in range(0, len(drawn), batch_size):
            tokens.images[drawn[begin : begin + batch_size]].astype(np.float32) / 255


def notebook_queries() -> None:
    """Put together an image for each token of each query and answer, as float64."""
    data = digits.load()
    of_token = {str(digit): data.train_images[data.train_labels == digit] for digit in range(10)}
    of_token |= {"+": operator_images("+"), "-": operator_images("-")}
    of_token[" "] = np.zeros((1, digits.SIDE, digits.SIDE), np.uint8)
    queries, answers = [], []
    for asked, answered in zip(arithmetic().queries, arithmetic().answers, strict=True):
        for codes, images in ((asked, queries), (answered, answers)):
            row = []
            for token in (VOCABULARY[code] for code in codes):
                choices = of_token[token]
                row.append(choices[np.random.randint(len(choices))] / 255.0)
            images.append(row)
    arrays = np.array(queries), np.array(answers)
    del arrays


TASKS: dict[str, Callable[..., None]] = {
    task.__name__: task
    for task in (write_pictures, ours_faces, notebook_faces, ours_queries, notebook_queries)
}


def main() -> None:
    """Run one task."""
    name, *paths = sys.argv[1:]
    started_with = peak_megabytes()
    began = time.perf_counter()
    TASKS[name](*map(Path, paths))
    seconds = time.perf_counter() - began
    # As if all workers, one for each processor, were largest at once.
    workers = cores() * peak_megabytes_of_children()
    memory = {"peak_megabytes": peak_megabytes() + workers, "imports_megabytes": started_with}
    print(json.dumps({"seconds": seconds, **memory}))


if __name__ == "__main__":
    main()
