"""The contents of the container image: its base, its files, the locked requirements."""

import fnmatch
import re
import subprocess

import pytest

from lib.system.paths import REPOSITORY


def text_of(name):
    return (REPOSITORY / name).read_text(encoding="utf-8")


def test_the_base_image_is_pinned_by_its_digest():
    bases = re.findall("^FROM .*", text_of("Dockerfile"), re.MULTILINE)
    assert len(bases) == 1
    assert re.fullmatch(r"FROM python:3\.\d+\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", bases[0])


def requirements(name):
    """Return versions and hashes: {name: ("1.2.3", {"sha256:..."})}."""
    logical = text_of(name).replace("\\\n", " ")
    found = {}
    for line in logical.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pin, *hashes = line.split(" --hash=")
            package, version = pin.split(";")[0].split("==")
            found[package.strip()] = version.strip(), frozenset(each.strip() for each in hashes)
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-cuda.lock"])
def test_every_requirement_is_pinned_and_hashed_and_names_no_source(name):
    for package, (version, hashes) in requirements(name).items():
        assert re.fullmatch(r"\d[\w.+]*", version), package
        assert hashes, package
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), package
    assert "://" not in text_of(name)
    assert not re.search("^ *-", text_of(name).replace("    --hash=", ""), re.MULTILINE)


def test_both_locks_agree():
    cpu, cuda = requirements("requirements.lock"), requirements("requirements-cuda.lock")
    assert {name: cpu[name] for name in cpu.keys() & cuda.keys()} == {
        name: cuda[name] for name in cpu.keys() & cuda.keys()
    }
    assert "tensorflow" in cpu.keys() & cuda.keys()
    only_cuda = cuda.keys() - cpu.keys()
    assert "nvidia-cudnn-cu12" in only_cuda
    assert all(name.startswith("nvidia-") for name in only_cuda)


def test_everything_in_the_image_is_installed_by_its_hash():
    commands = re.findall("pip install.*", text_of("Dockerfile"))
    assert len(commands) == 2
    assert all("--require-hashes" in command for command in commands)


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="not a checkout")
def test_the_image_gets_all_committed_files_except_those_that_run_outside():
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    allowed = [line[1:] for line in text_of(".dockerignore").splitlines() if line[0] == "!"]
    outside = [".ci", ".github", ".gitignore"]
    for top in {file.split("/")[0] for file in listed}:
        assert any(fnmatch.fnmatch(top, pattern) for pattern in allowed + outside), top
