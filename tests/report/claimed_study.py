"""A made-up study, kept in memory: every claim of the original and every suspicion holds."""

import numpy as np
import pytest

from lib import paths, plan, request
from lib.files import write_json
from lib.runs import Run
from report.content import Content
from report.published import published

FULL = ("PROFILE=paper", "SEEDS=0 1 2")
PUBLISHED = "published"
DIGITS = np.random.default_rng(0).integers(0, 256, (8, 3, 28, 28), dtype=np.uint8)
GREY = np.full((2, 9, 64, 64, 3), 140, np.uint8)
BLACK_AT_FIRST = np.concatenate([np.full((1, 9, 64, 64, 3), 5, np.uint8), GREY[1:]])


def content(work, words=FULL, changes=None, stand_in=False) -> Content:
    """Return the study on the runs that `words` ask for, with its data's records below `work`.

    `changes` maps (experiment, variant, name) to the value there instead, or to a function of the
    seed that gives it. A name is that of a metric, or "series.<name>" or "samples.<name>".
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", work / "data")
        for kind in ("faces", "digits"):
            record = {"name": kind, "stand_in": stand_in, "fingerprint": kind * 8}
            write_json(work / "data" / kind / "provenance.json", record)
        asked = request.parse(list(words))
        runs = {}
        for planned in request.planned(asked):
            pair = (planned.key.experiment, planned.key.variant)
            runs.setdefault(pair, []).append(_run(planned, changes or {}))
        made = Content(asked, runs)
        # Read while the records are where they are looked for.
        used = {pair: plan.data_used(made.planned[pair]) for pair in made.all_pairs}
    object.__setattr__(
        made, "data", lambda needs: {k: v for p in needs for k, v in used[p].items()}
    )
    made.__dict__["face_count"] = float("inf")
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
    run = Run(key, {}, {"metrics": metrics, "epochs": epochs, "examples": examples})
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


def _vae(experiment: str) -> dict:
    loss, sharpness, distance = {
        "vae_32": (0.60, 300.0, 50.0),
        "vae_64": (0.59, 200.0, 60.0),
        "vae_64_wide": (0.591, 205.0, 61.0),
        "vae_128": (0.58, 100.0, 70.0),
    }[experiment]
    return {
        **_REAL,
        "loss": loss,
        "samples_sharpness": sharpness,
        "prior_sharpness": sharpness,
        "samples_swd": distance,
        "prior_swd": distance,
        "prior_ms_ssim": 0.4,
        "samples_ms_ssim": 0.8,
        "kl_divergence": 5.0,
        "interpolation_smoothness": 1.2,
    }


def _gan(experiment: str) -> dict:
    return {
        **_REAL,
        "samples_sharpness": 300.0,
        "samples_swd": 60.0,
        "samples_ms_ssim": 0.4,
        "interpolation_smoothness": 1.2,
        "samples.samples": BLACK_AT_FIRST if experiment == "gan_first_epoch" else GREY,
    }


def _text2text(variant: str) -> dict:
    test = published()["text2text"]["test_accuracy"][variant]
    return {
        "test_accuracy": test,
        "test_exact_match": test - 0.4,
        "train_accuracy": 0.999,
        "validation_accuracy": test,
        "series.val_accuracy": [0.3, test, test, test, test, test, test, test],
    }


def _image2text(variant: str) -> dict:
    training, validation = {
        "flatten": (0.46, 0.45),
        "convlstm": (0.56, 0.55),
        "flatten-unaugmented": (0.99, 0.4),
        "convlstm-unaugmented": (0.99, 0.45),
    }[variant]
    epochs = 200 if variant == "convlstm" else 100
    return {
        "validation_accuracy": validation,
        "validation_exact_match": validation / 10,
        "parameters": 7.0e6,
        "series.accuracy": [training] * epochs,
        "series.val_accuracy": [validation] * epochs,
    }


def _text2image(variant: str) -> dict:
    loss = published()["text2image"][variant]["validation_loss"]
    return {
        "validation_loss": loss,
        "series.val_loss": [1.03 * loss, loss],
        "samples.targets": DIGITS,
        "samples.predictions": np.uint8(DIGITS * 0.5 + 60),
    }


def _image2text_ablation(variant: str) -> dict:
    validation = 0.8 if variant.endswith("once") else 0.3
    return {
        "validation_accuracy": validation,
        "unseen_handwriting_accuracy": validation - 0.1,
    }


def _text2image_ablation(variant: str) -> dict:
    blurred = np.full_like(DIGITS, 100)
    losses = {"random-validation": 0.04, "unstopped-2-1-512": 0.045}
    return {
        "validation_loss": losses.get(variant, 0.05),
        "validation_read_accuracy": 0.6 if variant == "random-validation" else 0.4,
        "average_digit_error_share": 0.1,
        "samples.targets": DIGITS,
        "samples.predictions": blurred,
    }


_CORRECTED = {
    "vae_kl_weight": lambda variant: {"kl_divergence": 1.0 if variant[:3] == "sum" else 30.0},
    "image2text_ablation": _image2text_ablation,
    "text2image_ablation": _text2image_ablation,
    "digit_reader": lambda variant: {"calculator_unseen_handwriting_exact_match": 0.98},
    **dict.fromkeys(
        ("vae_fixed", "gan_fixed", "text2text_fixed", "image2text_fixed", "text2image_fixed"),
        lambda variant: {},
    ),
}
