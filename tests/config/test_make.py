"""What a program learns from the Make that started it, by real calls of Make."""

import json
import os
import subprocess
import sys

import pytest

from lib.config import make
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY

PROGRAM = (
    "import json; from lib.config import make;"
    "print(json.dumps([make.arguments(), make.jobs(), make.keeps_going()]))"
)


@pytest.fixture
def handed_on(tmp_path):
    """Return a function that calls Make and returns arguments, jobs and whether it keeps going."""
    (tmp_path / "Makefile").write_text(
        f"all:\n\t@JOBS='$(JOBS)' {sys.executable} -c '{PROGRAM}'\n", encoding="utf-8"
    )

    def call(*arguments, **environment):
        done = subprocess.run(
            ["make", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return json.loads(done.stdout)

    return call


@pytest.mark.parametrize(
    "value",
    ["smoke", "", "0 1  2", "it's", 'a "b" c', "back\\slash \\ end", "a=b", "-j7", "-- k", "~/x"],
)
def test_a_setting_arrives_as_it_was_given(handed_on, value):
    arguments, _, _ = handed_on(f"FACES={value}", "PROFIL=typo")
    assert arguments == [f"FACES={value}", "PROFIL=typo"]


def test_only_some_settings_count_in_the_environment_and_the_command_line_beats_them(handed_on):
    arguments, _, _ = handed_on(
        "SEEDS=2", PROFILE="smoke", SEEDS="1", EPOCHS="3", FACES="", LATENT_DIM="4"
    )
    assert arguments == ["FACES=", "PROFILE=smoke", "SEEDS=2"]


@pytest.mark.parametrize(
    ("arguments", "jobs", "keeps_going"),
    [
        (("JOBS=3",), 3, False),
        (("JOBS=3", "-j4"), 4, False),
        (("JOBS=3", "-k"), 3, True),
        (("JOBS=3", "-ks", "-j", "5"), 5, True),
        (("JOBS=3", "FACES=-j9 k"), 3, False),
        ((), os.cpu_count(), False),
    ],
)
def test_jobs_and_whether_to_keep_going(handed_on, arguments, jobs, keeps_going):
    assert handed_on(*arguments)[1:] == [jobs, keeps_going]


def test_j_without_a_number_sets_no_limit(handed_on):
    assert handed_on("-j")[1] > 1_000_000


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "9" * 5000])
def test_a_number_of_jobs_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("JOBS", value)
    with pytest.raises(UserError, match="expected a whole number from 1"):
        make.jobs()


def test_without_make_nothing_is_taken_from_the_environment(monkeypatch):
    monkeypatch.delenv("MAKEFLAGS", raising=False)
    monkeypatch.setenv("PROFILE", "paper")
    assert make.arguments() == []
