"""Measure data preparation: this project against a baseline, each task in a process of its own."""

import io
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks import summary
from benchmarks.processes import cores, in_own_process, peak_megabytes, peak_megabytes_of_children
from lib.config.arithmetic import Image2TextSettings
from lib.data import digits, faces
from lib.data.arithmetic import VOCABULARY, TokenImages, arithmetic, sample_query_images
from lib.data.images import SIDE
from lib.data.operators import operator_images

Task = Callable[..., None]
REPEATS = 5
IMAGE_COUNT = 20_000
IMAGE_SIZE = (178, 218)  # width and height of CelebA's aligned images
# Expected minimum of the baseline's time by this project's.
MINIMUM_RATIOS = {"faces": 3.0, "queries": 30.0}


def measure() -> dict[str, dict]:
    """Return the summary for faces and for images of queries; needs prepared data."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "images.zip"
        in_own_process(write_jpegs, archive)
        return {
            "faces": _compared("faces", project_faces, baseline_faces, archive),
            "queries": _compared("queries", project_queries, baseline_queries),
        }


def _compared(kind: str, project: Task, baseline: Task, *arguments: Path) -> dict:
    measurements: dict[str, list[dict]] = {"project": [], "baseline": []}
    for _ in range(REPEATS):
        for name, task in (("project", project), ("baseline", baseline)):
            measurements[name].append(in_own_process(time_and_memory, task, *arguments))
    return summary.preparation(measurements, MINIMUM_RATIOS[kind])


def time_and_memory(task: Task, *arguments: Path) -> dict[str, float]:
    """Run a task; return its seconds and the peak memory, in all and of the imports alone."""
    imports_megabytes = peak_megabytes()
    began = time.perf_counter()
    task(*arguments)
    seconds = time.perf_counter() - began
    # An upper bound: all workers, one for each processor, at their largest at once.
    peak = peak_megabytes() + cores() * peak_megabytes_of_children()
    return {"seconds": seconds, "peak_megabytes": peak, "imports_megabytes": imports_megabytes}


def write_jpegs(path: Path, count: int = IMAGE_COUNT) -> None:
    """Write a zip of `count` JPEGs of CelebA's size: the prepared faces, enlarged."""
    images = faces.load().images
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(count):
            image = images[number % len(images)]
            enlarged = cv2.resize(image, IMAGE_SIZE, interpolation=cv2.INTER_CUBIC)
            encoded = cv2.imencode(".jpg", cv2.cvtColor(enlarged, cv2.COLOR_RGB2BGR))[1]
            archive.writestr(f"img_align_celeba/{number + 1:06}.jpg", encoded.tobytes())


def project_faces(path: Path) -> None:
    """Prepare the faces as `make data FACES=<zip>` does."""
    with tempfile.TemporaryDirectory() as folder:
        faces.prepare("auto", path, Path(folder) / "faces")


def baseline_faces(path: Path) -> None:
    """Read one image after the other with Pillow into one floating-point array."""
    from PIL import Image

    images = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            image = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
            images.append(np.asarray(image.resize((SIDE, SIDE))))
    pixels = np.array(images, np.float32) / 255
    del pixels


def project_queries() -> None:
    """Sample digit instances for all queries and answers; read them by batch, as trainings do."""
    tokens = TokenImages.for_training(digits.load())
    batch_size = Image2TextSettings().batch_size
    for codes in (arithmetic().queries, arithmetic().answers):
        indices = sample_query_images(tokens, codes, seed=0)
        for begin in range(0, len(indices), batch_size):
            tokens.images[indices[begin : begin + batch_size]].astype(np.float32) / 255


def baseline_queries() -> None:
    """Build an image of each token of each query and answer in memory, as float64."""
    data = digits.load()
    of_token = {str(digit): data.train_images[data.train_labels == digit] for digit in range(10)}
    of_token |= {"+": operator_images("+"), "-": operator_images("-")}
    of_token[" "] = np.zeros((1, digits.SIDE, digits.SIDE), np.uint8)
    query_images, answer_images = [], []
    for query, answer in zip(arithmetic().queries, arithmetic().answers, strict=True):
        for codes, images in ((query, query_images), (answer, answer_images)):
            sequence = []
            for token in (VOCABULARY[code] for code in codes):
                choices = of_token[token]
                sequence.append(choices[np.random.randint(len(choices))] / 255.0)
            images.append(sequence)
    arrays = np.array(query_images), np.array(answer_images)
    del arrays
