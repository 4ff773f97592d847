"""What Make builds again: a report of other runs, or one of which a part is missing."""

import os
import subprocess

import pytest

from lib.system.paths import REPOSITORY
from tests import fake_runs


@pytest.fixture
def make(tmp_path):
    """Build the report of made-up runs, with NAME=VALUE arguments; return its page."""
    arguments = ("PROFILE=quick", "SEEDS=0")
    fake_runs.write(tmp_path, arguments)
    page = tmp_path / "build" / "report.html"

    def run(*more):
        # What the target `report` calls once the data are there.
        subprocess.run(
            ["make", f"{tmp_path}/build/reported", "WANTED=", "RUNTIME=local", *arguments, *more],
            cwd=REPOSITORY,
            env={**os.environ, "WORK_DIR": str(tmp_path)},
            capture_output=True,
            timeout=120,
            check=True,
        )
        return page.read_text(encoding="utf-8")

    run.page = page
    return run


def test_a_second_call_builds_nothing_and_a_removed_page_is_built(make):
    first = make()
    built = make.page.stat().st_mtime_ns
    assert make() == first
    assert make.page.stat().st_mtime_ns == built
    make.page.unlink()
    assert make() == first


def test_what_is_asked_for_is_shown_though_the_runs_are_the_same(make):
    of_one_seed = make()
    assert "not run: <code>" not in of_one_seed
    assert "not run: <code>" in make("SEEDS=0 1", "ALLOW_MISSING=1")
    assert make() == of_one_seed
