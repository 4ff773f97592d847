"""The tour: the notebook and the program that it is written as."""

import json
import os
import re
import subprocess
import sys

import pytest

from lib.system.paths import REPOSITORY

PROGRAM = REPOSITORY / "docs" / "tour.py"


def cells_of_program():
    """Return the kind and the text of each cell, between the markers that Jupytext understands."""
    text = PROGRAM.read_text(encoding="utf-8")
    parts = re.split(r"^# %%( \[markdown\])?\n", text, flags=re.MULTILINE)[1:]
    for marker, content in zip(parts[::2], parts[1::2], strict=True):
        if marker:
            lines = content.strip().splitlines()
            yield "markdown", "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)
        else:
            yield "code", content.strip()


def test_the_notebook_is_the_program():
    notebook = json.loads(PROGRAM.with_suffix(".ipynb").read_text(encoding="utf-8"))
    found = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    assert found == list(cells_of_program())
    assert not any(cell.get("outputs") for cell in notebook["cells"])


@pytest.mark.slow
def test_the_tour_trains_and_uses_models(tmp_path):
    finished = subprocess.run(
        [sys.executable, str(PROGRAM)],
        cwd=REPOSITORY,
        env={**os.environ, "WORK_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert "'46+69': '115', '7-12': '-5', '99+99': '198'" in finished.stdout
    assert (tmp_path / "runs/quick/vae_32/published/seed-0/page.html").exists()
