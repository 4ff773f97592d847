"""A Python that cannot be used is refused in one line, before anything is installed."""

import os
import shutil
import subprocess
import sys

import pytest

from lib.system.paths import REPOSITORY

# Python as Debian installs it without python3-venv, or of an unsupported version.
WITHOUT_VENV = 'case "$*" in *ensurepip*) exit 1;; esac\nexec {python} "$@"\n'
TOO_OLD = "exit 1\n"


@pytest.mark.parametrize("target", ["setup", "bench-setup"])
@pytest.mark.parametrize(
    ("script", "parts"),
    [
        (WITHOUT_VENV, ["lacks venv or ensurepip", "on Debian: apt install python3.", "PYTHON="]),
        (TOO_OLD, ["is not Python 3.11, 3.12 or 3.13", "PYTHON="]),
    ],
)
def test_a_python_that_cannot_make_an_environment_is_refused(tmp_path, target, script, parts):
    for name in ("Makefile", "requirements.lock", "requirements-cuda.lock"):
        shutil.copy(REPOSITORY / name, tmp_path)
    (tmp_path / "lib").symlink_to(REPOSITORY / "lib")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\n" + script.format(python=sys.executable), encoding="utf-8")
    python.chmod(0o755)
    before = sorted(tmp_path.iterdir())
    done = subprocess.run(
        ["make", target, f"PYTHON={python}", "RUNTIME=local", "CUDA=0"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "IMAGE_VENV"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    first, *rest = done.stderr.splitlines()
    assert first.startswith("error: ")
    assert all(part in first for part in parts)
    assert all(line.startswith("make: ") for line in rest)
    assert sorted(tmp_path.iterdir()) == before
