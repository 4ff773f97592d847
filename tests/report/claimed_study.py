"""A made-up study, kept in memory: every claim of the original and every suspected defect holds."""

import numpy as np
import pytest

from lib.config import request
from lib.runs import plan
from lib.runs.directories import Run
from lib.system import paths
from lib.system.files import write_json
from original.published import curve, published
from report.content import Content

FULL = ("PROFILE=paper", "SEEDS=0 1 2")
PUBLISHED = "published"
DIGITS = np.random.default_rng(0).integers(0, 256, (8, 3, 28, 28), dtype=np.uint8)
AVERAGES = np.random.default_rng(1).integers(0, 256, (13, 28, 28), dtype=np.uint8)
# Numbers that change up and down from epoch to epoch.
RESTLESS = np.resize([0.02, -0.02], 100)
GREY = np.full((2, 9, 64, 64, 3), 140, np.uint8)
BLACK_AT_FIRST = np.concatenate([np.full((1, 9, 64, 64, 3), 5, np.uint8), GREY[1:]])


def content(work, arguments=FULL, changes=None, synthetic=False) -> Content:
    """Return the study on the runs that `arguments` ask for, with its data's records below `work`.

    `changes` maps (experiment, variant, name) to the value there instead, or to a function of the
    seed that gives it. A name is that of a metric, or "series.<name>" or "samples.<name>".
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", work / "data")
        for kind in ("faces", "digits"):
            record = {"name": kind, "synthetic": synthetic, "fingerprint": kind * 8}
            write_json(work / "data" / kind / "provenance.json", record)
        requested = request.parse(list(arguments))
        runs = {}
        for planned in request.planned(requested):
            pair = (planned.key.experiment, planned.key.variant)
            runs.setdefault(pair, []).append(_run(planned, changes or {}))
        made = Content(requested, runs)
        # Read while `paths.DATA` is patched.
        used = {pair: plan.data_used(made.planned[pair]) for pair in made.all_pairs}
    object.__setattr__(
        made, "data", lambda needs: {k: v for p in needs for k, v in used[p].items()}
    )
    made.__dict__["face_count"] = float("inf")
    made.__dict__["token_averages"] = AVERAGES
    return made


def _run(planned, changes) -> Run:
    key = planned.key
    values = _claimed(key.experiment, key.variant)
    for (experiment, variant, name), change in changes.items():
        if (experiment, variant) == (key.experiment, key.variant):
            assert name in values, f"{name} is no number of {key}"
            values[name] = change(key.seed) if callable(change) else change
    metrics = {name: value for name, value in values.items() if "." not in name}
    series = {
        name.removeprefix("series."): value
        for name, value in values.items()
        if name.startswith("series.")
    }
    epochs = max((len(values) for values in series.values()), default=1)
    examples = [{"query": "46+69", "answer": "115"}] * len(DIGITS)
    facts = {
        "examples": {"training": examples, "validation": examples},
        "source_sizes": {"distinct_sizes": values.get("sizes.distinct", 1), "sizes": {}},
    }
    run = Run(key, {}, {"metrics": metrics, "epochs": epochs, "weights_sha256": "0", **facts})
    run.__dict__["history"] = [
        {name: values[epoch] for name, values in series.items()} for epoch in range(epochs)
    ]
    run.__dict__["samples"] = {
        name.removeprefix("samples."): value
        for name, value in values.items()
        if name.startswith("samples.")
    }
    return run


def _claimed(experiment: str, variant: str) -> dict:
    kind = experiment.split("_")[0]
    if experiment in _CORRECTED:
        return _CORRECTED[experiment](variant)
    return {
        "cae": lambda: {},
        "vae": lambda: _vae(experiment),
        "gan": lambda: _gan(experiment),
        "text2text": lambda: _text2text(variant),
        "image2text": lambda: _image2text(variant),
        "text2image": lambda: _text2image(variant),
    }[kind]()


_REAL = {"real_sharpness": 1400.0, "real_swd": 20.0, "real_ms_ssim": 0.2}


def published_series(figure: int, name: str, epochs: int) -> list[float]:
    """A curve through the points that were read off the original's figure."""
    points = curve(figure, name)
    return np.interp(np.arange(1, epochs + 1), list(points), list(points.values())).tolist()


def _vae(experiment: str) -> dict:
    loss, sharpness, distance = {
        "vae_32": (0.5088, 300.0, 50.0),
        "vae_64": (0.4992, 200.0, 60.0),
        "vae_64_wide": (0.4991, 205.0, 61.0),
        "vae_128": (0.4947, 100.0, 70.0),
    }[experiment]
    size = int(experiment.split("_")[1])
    return {
        **_REAL,
        "loss": loss,
        "reconstruction_loss": 0.3 * loss,
        "series.loss": published_series(5, f"latent_{size}", 50),
        "samples_sharpness": sharpness,
        "posterior_sharpness": sharpness,
        "samples_swd": distance,
        "prior_sharpness": 300.0,
        "prior_swd": 60.0,
        "posterior_swd": distance - 20,
        "prior_ms_ssim": 0.4,
        "samples_ms_ssim": 0.8,
        "kl_divergence": 500.0 - size,
        "posterior_kl": 100.0,
        "noise_fraction": 0.1,
        "interpolation_smoothness": 1.2,
        "sizes.distinct": 5,
    }


def _vae_ablation(variant: str) -> dict:
    return {"loss": 0.55, "posterior_kl": 1.0, "noise_fraction": 0.8}


def _gan(experiment: str) -> dict:
    return {
        **_REAL,
        "samples_sharpness": 300.0,
        "samples_swd": 60.0,
        "samples_ms_ssim": 0.4,
        "samples_brightness": 0.4,
        "interpolation_smoothness": 1.2,
        "samples.samples": BLACK_AT_FIRST if experiment == "gan_first_epoch" else GREY,
    }


def _text2text(variant: str) -> dict:
    test = published()["text2text"]["test_accuracy"][variant]
    training, validation = np.full(100, 0.999), np.full(100, test)
    validation[:2] = 0.3, 0.99 * test
    if variant in ("train-10", "train-05"):
        name = variant.replace("-", "_")
        training = np.array(published_series(11, f"{name}_training", 100))
        validation = published_series(11, f"{name}_validation", 100) + RESTLESS
    return {
        "test_accuracy": test,
        "test_exact_match": test - 0.4,
        "validation_accuracy": test,
        "series.accuracy": training.tolist(),
        "series.val_accuracy": validation.tolist(),
    }


def _image2text(variant: str) -> dict:
    encoder, _, unaugmented = variant.partition("-")
    figure, epochs = (13, 500) if unaugmented else (12, 100)
    training, validation = (
        published_series(figure, f"{encoder}_{split}", epochs)
        for split in ("training", "validation")
    )
    if variant == "convlstm":
        training, validation = training + [0.5] * 100, validation + [0.55] * 100
    return {
        "validation_accuracy": validation[-1],
        "validation_exact_match": validation[-1] / 10,
        "series.accuracy": training,
        "series.val_accuracy": validation,
    }


def _text2image(variant: str) -> dict:
    loss = published()["text2image"][variant]["validation_loss"]
    blurred = np.uint8(DIGITS * 0.5 + 60)
    return {
        "validation_loss": loss,
        "series.loss": published_series(15, "training_loss", 13),
        "series.val_loss": published_series(15, "validation_loss", 13),
        "samples.training_targets": DIGITS,
        "samples.training_predictions": blurred,
        "samples.validation_targets": DIGITS,
        "samples.validation_predictions": blurred,
    }


def _image2text_ablation(variant: str) -> dict:
    validation = 0.8 if variant.endswith("once") else 0.52
    return {
        "validation_accuracy": validation,
        "unseen_instances_accuracy": validation - 0.1,
        "series.accuracy": [validation + 0.01] * 100,
        "series.val_accuracy": [validation] * 100,
    }


def _text2image_ablation(variant: str) -> dict:
    blurred = np.broadcast_to(AVERAGES.mean(axis=0).round().astype(np.uint8), DIGITS.shape)
    losses = {"random-validation": 0.04, "no-early-stopping-2-1-512": 0.045}
    return {
        "validation_loss": losses.get(variant, 0.05),
        "validation_classified_accuracy": 0.6 if variant == "random-validation" else 0.4,
        "average_digit_error_fraction": 0.1,
        "samples.validation_targets": DIGITS,
        "samples.validation_predictions": blurred,
    }


_CORRECTED = {
    "vae_ablation": _vae_ablation,
    "gan_ablation": lambda variant: {"samples.samples": np.full_like(GREY, 220)},
    "image2text_ablation": _image2text_ablation,
    "text2image_ablation": _text2image_ablation,
    "digit_classifier": lambda variant: {"solver_unseen_instances_exact_match": 0.98},
    **dict.fromkeys(
        (
            "vae_corrected",
            "gan_corrected",
            "text2text_corrected",
            "image2text_corrected",
            "text2image_corrected",
        ),
        lambda variant: {},
    ),
}
