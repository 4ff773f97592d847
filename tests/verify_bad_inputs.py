"""Every known bad input: the command, its arguments, and part of its one-line error message.

`test_disk_full` runs each, `python -m <command> PROFILE=smoke <arguments>`, in a folder with
results, which must not change. `make` takes the same arguments, as in `make vae-32 EPOCHS=0`.
"""

import contextlib
import gzip
import io
import json
import os
import runpy
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

VAE = "experiments.vae_32"
T2T = "experiments.text2text"
I2T = "experiments.image2text"
T2I = "experiments.text2image"
DATA = "lib.data"

CASES = [
    # Settings of an experiment
    (VAE, "EPOCHS=0", "EPOCHS=0: expected a positive number"),
    (VAE, "EPOCHS=-1", "EPOCHS=-1: expected a positive number"),
    (VAE, "EPOCHS=1.5", "EPOCHS=1.5: expected a whole number"),
    (VAE, "EPOCHS=ten", "EPOCHS=ten: expected a whole number"),
    (VAE, "EPOCHS=", "EPOCHS=: expected a whole number"),
    (VAE, "LEARNING_RATE=0", "LEARNING_RATE=0: expected a positive number"),
    (VAE, "LEARNING_RATE=nan", "LEARNING_RATE=nan: expected a positive number"),
    (VAE, "LEARNING_RATE=inf", "LEARNING_RATE=inf: expected a positive number"),
    (VAE, "LEARNING_RATE=fast", "LEARNING_RATE=fast: expected a number"),
    (VAE, "IMAGE_COUNT=19", "IMAGE_COUNT=19: expected at least 20"),
    (VAE, "IMAGE_COUNT=20001", "IMAGE_COUNT=20001: expected at most 20000"),
    ("experiments.gan_64", "ADAM_BETA_1=1", "ADAM_BETA_1=1: expected a number below 1"),
    (
        "experiments.gan_corrected",
        "AVERAGE_DECAY=1.5",
        "AVERAGE_DECAY=1.5: expected a number below 1",
    ),
    (T2I, "REDUCE_FACTOR=3", "REDUCE_FACTOR=3: expected a number below 1"),
    (VAE, "KL=max", "KL=max: choose one of none, sum, mean"),
    (VAE, "UNITS=3", "UNITS is no setting of vae_32; these have BATCH_SIZE, "),
    (VAE, "EPOCH=3", "unknown setting EPOCH; did you mean EPOCHS? known: "),
    (VAE, "SEED=1", "unknown setting SEED; did you mean SEEDS? known: "),
    (VAE, "faces=photos", "unknown setting faces; did you mean FACES? known: "),
    (VAE, "LATENT_DIMS=8", "unknown setting LATENT_DIMS; did you mean LATENT_DIM? known: "),
    (VAE, "epochs=3", "unknown setting epochs; did you mean EPOCHS? known: "),
    (VAE, "fast", "fast: expected NAME=VALUE"),
    (VAE, "VARIANT=x", "unknown variant x; known: published"),
    (T2T, "QUERY_COUNT=99", "QUERY_COUNT=99: expected at least 100"),
    (T2T, "TRAIN_FRACTION=1", "TRAIN_FRACTION=1: expected a number below 1"),
    (T2T, "TRAIN_FRACTION=0", "TRAIN_FRACTION=0: expected a positive number"),
    (T2T, "SPLIT_SEED=2147483648", "SPLIT_SEED=2147483648: expected a number below"),
    (T2T, "COMPILE=maybe", "COMPILE=maybe: choose true or false"),
    (I2T, "ENCODER=cnn", "ENCODER=cnn: choose one of flatten, convlstm"),
    (I2T, "AUGMENT=2", "AUGMENT=2: choose true or false"),
    (I2T, "ROTATION=-0.1", "ROTATION=-0.1: expected 0 or more"),
    (T2I, "VALIDATION=first", "VALIDATION=first: choose one of last, random"),
    (T2I, "STOP_PATIENCE=-1", "STOP_PATIENCE=-1: expected 0 or more"),
    # Requests
    (VAE, "PROFILE=tiny", "PROFILE=tiny: choose one of smoke, quick, paper"),
    (VAE, "SEEDS=one", 'SEEDS=one: expected whole numbers from 0, as in SEEDS="0 1 2"'),
    (VAE, "SEEDS=-1", "SEEDS=-1: expected whole numbers from 0"),
    (VAE, "SEEDS=0.5", "SEEDS=0.5: expected whole numbers from 0"),
    (VAE, "SEEDS=2147483648", "SEEDS=2147483648: expected whole numbers from 0"),
    (VAE, "STUDY=other", "STUDY=other: choose one of published, corrected"),
    (VAE, "THREADS=0", "THREADS=0: expected a whole number from 1 to 1024"),
    (VAE, "THREADS=2000", "THREADS=2000: expected a whole number from 1 to 1024"),
    (VAE, "THREADS=many", "THREADS=many: expected a whole number from 1 to 1024"),
    (VAE, "ALLOW_MISSING=yes", "ALLOW_MISSING=yes: choose 0 or 1"),
    (VAE, "DATA=fake", "DATA=fake: choose one of auto, builtin, real"),
    ("lib.runs.pipeline", "vae-33", "unknown experiment vae-33; did you mean vae-32? known: "),
    ("lib.runs.pipeline", "vae32", "unknown experiment vae32; did you mean vae-32? known: "),
    ("lib.runs.pipeline", "VAE-32", "unknown experiment VAE-32; did you mean vae-32? known: "),
    ("lib.config.help", "PROFIL=smoke", "unknown setting PROFIL; did you mean PROFILE? known: "),
    # The user's own images and digits
    (DATA, "vae-32 FACES=nowhere.zip", "FACES=nowhere.zip: there is no such file or folder"),
    (DATA, "vae-32 FACES=empty", "empty holds 0 usable images and at least 64 are needed"),
    (DATA, "vae-32 FACES=texts", "(skipped: 70 not a JPEG, PNG, GIF, BMP, WebP, TIFF, PNM, HEIC"),
    (DATA, "vae-32 FACES=text.txt", "text.txt is neither an image, nor an archive or array of"),
    (DATA, "vae-32 FACES=one.png", "one.png is one image and at least 64 are needed; give the"),
    (DATA, "vae-32 FACES=page.zip", "page.zip is an HTML page, probably the answer to a download"),
    (DATA, "vae-32 FACES=packed.7z", "packed.7z is a 7z archive; unpack it and give the folder"),
    (DATA, "vae-32 FACES=packed.rar", "packed.rar is a RAR archive; unpack it and give the folder"),
    (DATA, "vae-32 FACES=film.mp4", "film.mp4 is a video; save its frames as images and give a"),
    (DATA, "vae-32 FACES=cut.tar.gz", "cut.tar.gz cannot be read as a tar archive"),
    (DATA, "vae-32 FACES=cut.zip", "cut.zip cannot be read as a zip archive"),
    (DATA, "vae-32 FACES=texts.zip", "texts.zip holds 0 usable images"),
    (DATA, "vae-32 FACES=outside.zip", "70 name that points out of the archive"),
    (DATA, "vae-32 FACES=cut.npy", "cut.npy is not a whole .npy or .npz array of numbers"),
    (DATA, "vae-32 FACES=objects.npy", "objects.npy holds object; it must hold bool, integers or"),
    (DATA, "vae-32 FACES=two.npz", "two.npz holds a (70, 8, 8, 3) uint8, b (70, 8, 8, 3) uint8; "),
    (DATA, "vae-32 FACES=flat.npy", "flat.npy has the shape (70, 192); reshape it, as (count, "),
    (DATA, "vae-32 FACES=whole-numbers.npy", "whole-numbers.npy holds int64 from 0 to 1020, and "),
    (DATA, "vae-32 FACES=too-bright.npy", "too-bright.npy holds float32 from 0 to 510, and which "),
    (DATA, "vae-32 FACES=few.npy", "few.npy holds 63 usable images and at least 64 are needed"),
    (DATA, "text2image DIGITS=nowhere", "DIGITS=nowhere: there is no such file or folder"),
    (DATA, "text2image DIGITS=empty", "empty holds no train-images-idx3-ubyte.gz (nor "),
    (DATA, "text2image DIGITS=digits", "is not MNIST's train-images-idx3-ubyte.gz (size or SHA"),
    # Runs that are missing, unfinished, of other settings, or damaged
    ("figures", "SEEDS=9", "cae/published/seed-9 holds no finished run; run: make cae"),
    ("figures", "EPOCHS=3", "cae/published/seed-0 was made with epochs 2, not 3; run: "),
    ("figures", "SEEDS=1", "cae/published/seed-1 cannot be read (Expecting value: "),
    ("figures", "SEEDS=2", "cae/published/seed-2 was changed after its training; remove its"),
    ("figures", "SEEDS=3", "cae/published/seed-3 was changed after its training; remove its"),
    ("figures", "SEEDS=4", "cae/published/seed-4 was made with settings that its config.json "),
    ("figures", "SEEDS=5 EPOCHS=3", "cae/published/seed-5 holds no finished run; run: make cae"),
    ("report", "SEEDS=2", "cae/published/seed-2 was changed after its training; remove its"),
    ("report.reference.check", "SEEDS=2", "cae/published/seed-2 was changed after its training; "),
    ("report", "", "build/figures has no vae-32-samples.png; run: make figures"),
]


def make_inputs(folder):
    """Write the files that the cases name into the empty `folder`."""
    small = np.random.default_rng(0).integers(0, 256, (70, 8, 8, 3), dtype=np.uint8)
    for name in ("empty", "texts", "digits"):
        (folder / name).mkdir()
    with zipfile.ZipFile(folder / "texts.zip", "w") as texts:
        for k in range(70):
            (folder / "texts" / f"{k}.jpg").write_text("no image", encoding="utf-8")
            texts.writestr(f"{k}.jpg", "no image")
    with zipfile.ZipFile(folder / "outside.zip", "w") as outside:
        for k in range(70):
            outside.writestr(f"../{k}.jpg", "no image")
    (folder / "text.txt").write_text("no image", encoding="utf-8")
    (folder / "cut.zip").write_bytes((folder / "texts.zip").read_bytes()[:2000])
    np.savez(folder / "two.npz", a=small, b=small)
    Image.fromarray(small[0]).save(folder / "one.png")
    first_bytes = {
        "page.zip": b"<!DOCTYPE html><html>",
        "packed.7z": b"7z\xbc\xaf\x27\x1c",
        "packed.rar": b"Rar!\x1a\x07",
        "film.mp4": b"\0\0\0\x20ftypisom",
        "cut.tar.gz": gzip.compress(b"a.png" + bytes(400)),
    }
    for name, content in first_bytes.items():
        (folder / name).write_bytes(content)
    arrays = {
        "cut": small,
        "objects": np.array([{"an": "object"}]),
        "flat": small.reshape(70, 192),
        "whole-numbers": small.astype(np.int64) * 4,
        "too-bright": small.astype(np.float32) * 2,
        "few": small[:63],
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=True)
    os.truncate(folder / "cut.npy", 5000)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (folder / "digits" / f"{name}-ubyte.gz").write_bytes(b"no digits")


def make_results(folder):
    """Write runs of the smoke profile into `folder`: whole ones, and damaged ones of the CAE."""
    from tests import fake_runs

    fake_runs.write(folder, ["PROFILE=smoke", "SEEDS=0 1 2 3 4"])
    seeds = folder / "runs" / "smoke" / "cae" / "published"
    (seeds / "seed-1" / "result.json").write_text("", encoding="utf-8")
    (seeds / "seed-2" / "history.jsonl").write_text("{}\n", encoding="utf-8")
    os.truncate(seeds / "seed-3" / "samples.npz", 1000)
    (seeds / "seed-4" / "config.json").unlink()


def response(module, arguments):
    """Run a command; return its exit status and its messages on stderr."""
    messages = io.StringIO()
    sys.argv = [module, *arguments]
    # `runpy` warns about modules that are imported already.
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="runpy")
    with contextlib.redirect_stderr(messages), contextlib.redirect_stdout(io.StringIO()):
        try:
            runpy.run_module(module, run_name="__main__")
            status = 0
        except SystemExit as end:
            status = end.code
    return status, messages.getvalue()


def responses(folder):
    """Run every case in `folder`, the process's WORK_DIR; return the responses."""
    os.chdir(folder)
    return [
        response(module, ["PROFILE=smoke", *arguments.split()]) for module, arguments, _ in CASES
    ]


if __name__ == "__main__":
    json.dump(responses(Path(os.environ["WORK_DIR"])), sys.stdout)
