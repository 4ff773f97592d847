import subprocess

import pytest

from lib.system import environment


def git(folder, *arguments):
    names = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    return subprocess.run(
        ["git", "-C", folder, *names, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def checkout(tmp_path):
    git(tmp_path, "init")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_text("before", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    return tmp_path


def test_the_commit_is_that_of_the_checkout_and_says_what_differs(checkout, monkeypatch):
    monkeypatch.setattr(environment, "REPOSITORY", checkout)
    head = git(checkout, "rev-parse", "HEAD")
    assert environment.source_commit() == head
    (checkout / "inner" / "file").write_text("after", encoding="utf-8")
    assert environment.source_commit() == f"{head}+"


def test_an_archive_in_a_checkout_of_something_else_has_no_commit(checkout, monkeypatch):
    monkeypatch.setattr(environment, "REPOSITORY", checkout / "inner")
    assert environment.source_commit() == ""
