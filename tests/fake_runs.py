"""A complete set of small runs with invented numbers, for tests of the figures and the report."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lib.config import request
from lib.data import digits, faces
from lib.runs import directories, plan
from lib.system import paths
from lib.system.files import write_json

REPOSITORY = Path(__file__).parents[1]
EPOCHS = 4
IMAGE_METRICS = tuple(
    f"{images}_{name}"
    for images in ("real", "samples", "prior", "posterior")
    for name in ("sharpness", "ms_ssim", "swd", "precision", "recall", "density", "coverage")
)
MODEL = [
    {"layer": "encoder", "type": "LSTM", "output_shape": [None, 256], "parameters": 276480},
    {"layer": "repeat", "type": "RepeatVector", "output_shape": [None, 3, 256], "parameters": 0},
    {"layer": "answer", "type": "Dense", "output_shape": [None, 3, 13], "parameters": 3341},
]
FACE_METRICS = (
    *("interpolation_smoothness", "active_units", "noise_fraction", "posterior_kl"),
    *("mean_squared_error", "samples_brightness"),
)
# Further metrics of the runs of the corrected study.
FURTHER_METRICS = {
    "digit_classifier": ("test_accuracy", "solver_unseen_instances_exact_match"),
    "image2text_corrected": ("test_exact_match",),
    "image2text_ablation": ("unseen_instances_accuracy", "unseen_instances_exact_match"),
    "text2image_ablation": (
        "validation_classified_accuracy",
        "validation_classified_exact_match",
        "average_digit_error_fraction",
    ),
    "text2image_corrected": (
        *("test_classified_exact_match", "samples_sharpness", "real_sharpness"),
        *("samples_ms_ssim", "real_ms_ssim"),
    ),
    "text2text_corrected": ("test_not_derivable_exact_match",),
}
METRICS = {
    "cae": ("loss",),
    "digit": ("loss",),
    "vae": ("loss", "reconstruction_loss", "kl_divergence"),
    "gan": ("discriminator_loss", "generator_loss"),
    "text2text": ("loss", "accuracy", "exact_match"),
    "image2text": ("loss", "accuracy", "exact_match"),
    "text2image": ("loss", "mae"),
}


def write(work: Path, arguments: Sequence[str], synthetic: bool = True) -> None:
    """Write the runs that the NAME=VALUE arguments request, and the data's records, in `work`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", work / "data")
        patch.setattr(paths, "RUNS", work / "runs")
        for data, real in (("faces", "CelebA"), ("digits", "MNIST")):
            name = f"synthetic {data}" if synthetic else real
            record = {"name": name, "synthetic": synthetic, "fingerprint": data * 8}
            record["arrays"] = _WRITERS[data](work / "data" / data)
            record["preparation"] = _KINDS[data].preparation
            write_json(work / "data" / data / "provenance.json", record)
        requested = request.parse(arguments)
        for planned in request.planned(requested):
            _write_run(planned, plan.spec(planned, requested.threads))


def _write_faces(folder: Path) -> dict[str, int]:
    """Write two images, and return the size of their file."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "images.npy", np.zeros((2, 64, 64, 3), np.uint8))
    return {"images.npy": (folder / "images.npy").stat().st_size}


def _write_digits(folder: Path) -> dict[str, int]:
    """Write two images of each digit for both splits, and return the sizes of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 10
    for array in digits.KIND.arrays:
        np.save(folder / f"{array}.npy", images if array.endswith("images") else labels)
    return {path.name: path.stat().st_size for path in folder.glob("*.npy")}


_KINDS = {"faces": faces.KIND, "digits": digits.KIND}
_WRITERS = {"faces": _write_faces, "digits": _write_digits}
ARGUMENTS = ("PROFILE=quick", "SEEDS=0 1", "STUDY=corrected")


@functools.cache
def built(folder: Path) -> Path:
    """Return a folder in `folder` with the runs, figures and reports of ARGUMENTS; built once."""
    work = folder / "built"
    write(work, ARGUMENTS)
    make(work, *ARGUMENTS)
    return work


def make(work: Path, *arguments: str) -> None:
    """Draw the figures and build the reports."""
    for stage in ("figures", "report"):
        finished = run(work, stage, *arguments)
        assert finished.returncode == 0, finished.stderr


def run(work: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run a command of the project, `python -m <arguments>`, with `work` as its work folder."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "WORK_DIR": str(work)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def _write_run(planned: request.Planned, spec: dict) -> None:
    key = planned.key
    kind = key.experiment.split("_")[0]
    random = np.random.default_rng([key.seed, *map(ord, str(key))])
    write_json(
        key.path / "config.json",
        {
            "spec": spec,
            "versions": {"python": "3.11.7", "numpy": "2.4.6"},
            "hardware": {"cpu": "Example CPU", "cores": 2, "gpus": []},
            "commit": "0123456789abcdef",
            "command": f"python -m experiments.{key.experiment}",
        },
    )
    # The report shows numbers of many epochs of the corrected GAN: those at which it has seen as
    # many faces as a published GAN at its end.
    corrected_gan = key.experiment == "gan_corrected"
    epochs = planned.settings.epochs if kind == "gan" else EPOCHS
    history = [_epoch(kind, number, random) for number in range(1, epochs + 1)]
    if corrected_gan:
        history = [dict.fromkeys(IMAGE_METRICS, 0.5) | epoch for epoch in history]
    lines = "".join(json.dumps(epoch) + "\n" for epoch in history)
    (key.path / "history.jsonl").write_text(lines, encoding="utf-8")
    np.savez(key.path / "samples.npz", **_samples(kind, random))
    further = dict.fromkeys(FURTHER_METRICS.get(key.experiment, ()), 0.5)
    result = _result(kind, history, further)
    if key.experiment in ("text2image", "text2image_ablation"):
        result["examples"] = dict.fromkeys((*_SPLITS, "shown"), _EXAMPLES)
    directories.write_result(key.path, result)


def _epoch(kind: str, number: int, random: np.random.Generator) -> dict:
    epoch = {"epoch": number, "seconds": 1.5, "cpu_seconds": 1.25}
    splits = ("", "val_") if kind in ("text2text", "image2text", "text2image") else ("",)
    for split in splits:
        for metric in METRICS[kind]:
            rising = metric in ("accuracy", "exact_match")
            fraction = number / (number + 1)
            value = fraction if rising else 1 - fraction
            epoch[split + metric] = value + random.uniform(0, 0.05)
    return epoch


def _result(kind: str, history: list[dict], further: dict[str, float]) -> dict:
    last = history[-1]
    prefixes = {
        "text2text": {"train": "", "validation": "val_", "test": "val_"},
        "image2text": {"train": "", "validation": "val_"},
        "text2image": {"training": "", "validation": "val_"},
    }.get(kind)
    if prefixes:
        kept = ("accuracy", "exact_match") if kind != "text2image" else ("loss", "mae")
        metrics = {
            f"{split}_{name}": last[prefix + name]
            for split, prefix in prefixes.items()
            for name in kept
        }
    else:
        names = (*IMAGE_METRICS, *FACE_METRICS) if kind in ("vae", "gan") else ()
        metrics = {name: last[name] for name in METRICS[kind]} | dict.fromkeys(names, 0.5)
    return {
        "metrics": {**metrics, **further},
        "epochs": len(history),
        "best_epoch": len(history),
        "seconds": 6.0,
        "parameters": sum(layer["parameters"] for layer in MODEL),
        "model": MODEL,
        "weights_sha256": "0" * 64,
        "mistakes": [{"query": "12+30", "answer": "42 ", "predicted": "41 "}],
        "source_sizes": {"distinct_sizes": 1, "sizes": {"178x218": 100}},
        "shown_is_trained_on": True,
        "examples": _EXAMPLES,
    }


_SPLITS = ("training", "validation")
_EXAMPLES = [
    *[{"query": "80-5 ", "answer": "75 "}] * 6,
    *[{"query": "99+10", "answer": "109"}] * 2,
]


def _samples(kind: str, random: np.random.Generator) -> dict[str, np.ndarray]:
    def faces(*shape: int) -> np.ndarray:
        """Smooth discs of random colours."""
        rows, columns = np.mgrid[-1:1:64j, -1:1:64j]
        shade = np.exp(-2 * (rows**2 + columns**2))[..., None]
        return np.uint8(shade * random.uniform(60, 255, (*shape, 1, 1, 3)))

    if kind in ("cae", "vae", "gan"):
        encoded = ("image_interpolation", "originals", "reconstructions") if kind != "gan" else ()
        encoded += ("prior_samples", "posterior_samples") if kind == "vae" else ()
        shapes = {
            "samples": (EPOCHS, 9),
            "interpolation": (3, 9),
            "image_interpolation": (3, 9),
            "originals": (9,),
            "reconstructions": (9,),
            "prior_samples": (9,),
            "posterior_samples": (9,),
        }
        return {
            name: faces(*shape)
            for name, shape in shapes.items()
            if name in encoded or (kind != "cae" and name in ("samples", "interpolation"))
        }
    if kind == "text2image":
        digits = random.integers(0, 256, (2, 8, 3, 28, 28), dtype=np.uint8)
        styles = random.integers(0, 256, (8, 10, 3, 28, 28), dtype=np.uint8)
        return {
            **{f"{split}_predictions": digits[0] for split in (*_SPLITS, "shown")},
            **{f"{split}_targets": digits[1] for split in (*_SPLITS, "shown")},
            "styles": styles,
        }
    return {"unused": np.zeros(1)}
