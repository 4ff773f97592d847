"""Tiny trainings of the published experiments and the corrected VAE, on synthetic data."""

import os
import subprocess
import sys
from pathlib import Path

from lib.system.paths import REPOSITORY

# Each group is trained by one process, because TensorFlow takes longer to import than these
# trainings take.
_GROUPS = (
    ("text2text", "image2text", "text2image"),
    (
        *("cae", "vae_32", "vae_64", "vae_128", "vae_64_wide", "vae_corrected"),
        *("gan_64", "gan_128", "gan_256", "gan_first_epoch"),
    ),
)
_PREPARE = """
from lib.data.__main__ import main
main(["PROFILE=smoke", "DATA=builtin"])
"""
_TRAIN = """
import sys
from lib.training import command
for experiment in sys.argv[1:]:
    try:
        command.main(f"{experiment}.py", ["PROFILE=smoke", "STUDY=corrected", "DATA=builtin"])
    except SystemExit as end:
        if end.code:
            raise
"""


def train(folder: Path) -> None:
    """Prepare data and train in a work folder."""
    _finish(_start(folder, _PREPARE))
    for training in [_start(folder, _TRAIN, *group) for group in _GROUPS]:
        _finish(training)


def _start(folder, program, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "WORK_DIR": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    )


def _finish(process):
    messages = process.communicate(timeout=900)[1]
    assert process.returncode == 0, messages[-3000:]
