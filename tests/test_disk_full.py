"""No room, no permission, killed, bad input: one line that says so, and what was there is kept."""

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from lib.data import faces
from lib.runs import checkpoints
from tests import fake_runs, verify_bad_inputs
from tests.verify_kills import epochs_done
from tests.workplace import REPOSITORY, Workplace, differences, wait_until

ARGUMENTS = ("PROFILE=smoke", "EPOCHS=4")
REPORT_ARGUMENTS = ("PROFILE=quick", "ALLOW_MISSING=1")
NO_ROOM = "No space left on device"
READ_ONLY = "Read-only file system"


@pytest.fixture
def disk(tmp_path):
    """A file system of 4 MB of its own."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs root and the right to mount a file system")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def fill(disk):
    with contextlib.suppress(OSError), open(disk / "filler", "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def make_read_only(disk):
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def images(path, count):
    values = np.random.default_rng(count).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)
    np.save(path, values)
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    faces.prepare("auto", images(folder / "images.npy", 64), folder / "data" / "faces")
    return folder / "data"


@pytest.fixture
def workplace(tmp_path_factory, data):
    """Return a function that makes a folder into one to train vae_32 in."""

    def make(folder):
        folder.mkdir(exist_ok=True)
        (folder / "data").symlink_to(data)
        return Workplace(folder, "vae_32", "published", ARGUMENTS)

    return make


def refused(work, *arguments):
    """Run a command that must fail with status 2; return its one line."""
    done = fake_runs.run(work, *arguments)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def contents(folder):
    """Return all files below `folder` but locks, whose content names their owners."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.slow
def test_a_checkpoint_without_room_ends_the_run_which_resumes_with_the_same_bits(
    tmp_path, workplace
):
    unbroken, broken = workplace(tmp_path / "unbroken"), workplace(tmp_path / "broken")
    # Each epoch adds its samples to the state: the third is the first that does not fit.
    before, last = (state.stat().st_size for state in unbroken.killed_with_two_states())
    limit = last + int((2.5 - epochs_done(unbroken)) * (last - before))
    unbroken.train()
    *_, how_to_resume, error = broken.refused(
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    assert how_to_resume == ("vae_32/published/seed-0: the same command resumes after epoch 2")
    assert re.fullmatch(
        rf"error: cannot write {re.escape(str(broken.run()))}/checkpoint/"
        r"epoch-00003-\w+\.npz: File too large; what was there is kept",
        error,
    )
    checkpoint = broken.run() / "checkpoint"
    assert [path.name[:11] for path in sorted(checkpoint.iterdir())] == [
        "epoch-00001",
        "epoch-00002",
    ]
    assert len(checkpoints.load(checkpoint)[1]["history"]) == 2

    assert "vae_32/published/seed-0: resuming after epoch 2\n" in broken.train()
    assert not differences(broken.numbers(), unbroken.numbers())


def test_a_training_on_a_full_disk_says_so(disk, workplace):
    place = workplace(disk)
    fill(disk)
    (line,) = place.refused()
    assert line == (
        f"error: cannot write {place.run()}/config.json: {NO_ROOM}; what was there is kept"
    )


def test_a_training_on_a_read_only_disk_says_so(disk, workplace):
    place = workplace(disk)
    make_read_only(disk)
    (line,) = place.refused()
    assert line.startswith(f"error: cannot write {place.run().parent}: {READ_ONLY}; ")


def test_a_run_that_cannot_be_archived_stays(disk, workplace):
    place = workplace(disk)
    place.run().mkdir(parents=True)
    (place.run() / "config.json").write_text("{}", encoding="utf-8")
    lock = place.run().with_name(".seed-0.lock")
    lock.touch()
    make_read_only(disk)
    assert READ_ONLY in place.refused()[-1]
    assert list(contents(place.run()).values()) == [b"{}"]


@pytest.mark.parametrize("obstacle", [fill, make_read_only])
def test_data_without_room_keep_what_is_prepared(tmp_path, disk, obstacle):
    few, many = images(tmp_path / "few.npy", 64), images(tmp_path / "many.npy", 400)
    command = ("lib.data", "vae-32")
    assert fake_runs.run(disk, *command, f"FACES={few}").returncode == 0
    before = contents(disk)
    obstacle(disk)
    line = refused(disk, *command, f"FACES={many}")
    reason = NO_ROOM if obstacle is fill else READ_ONLY
    assert re.match(rf"error: cannot write {disk}/data(/faces)?: {reason}; ", line)
    assert {path: content for path, content in contents(disk).items() if path in before} == before
    assert len(faces.load(disk / "data" / "faces").images) == 64


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """A folder with a few finished runs, their figures and their report."""
    work = tmp_path_factory.mktemp("reported")
    fake_runs.write(work, REPORT_ARGUMENTS)
    for experiment in (work / "runs" / "quick").iterdir():
        if experiment.name != "text2text":
            shutil.rmtree(experiment)
    fake_runs.make(work, *REPORT_ARGUMENTS)
    return work


@pytest.mark.parametrize("obstacle", [fill, make_read_only])
@pytest.mark.parametrize("stage", ["figures", "report"])
def test_figures_and_report_without_room_keep_the_report(disk, reported, stage, obstacle):
    for name in ("data", "runs", "build"):
        shutil.copytree(reported / name, disk / name)
    before = contents(disk / "build")
    obstacle(disk)
    line = refused(disk, stage, *REPORT_ARGUMENTS)
    assert (NO_ROOM if obstacle is fill else READ_ONLY) in line
    assert "build/" in line
    after = contents(disk / "build")
    assert after == before


def kill_at(work, stage, moment):
    """Start a stage and kill it at a moment."""
    process = subprocess.Popen(
        [sys.executable, "-m", stage, *REPORT_ARGUMENTS],
        cwd=REPOSITORY,
        env={**os.environ, "WORK_DIR": str(work)},
        stdout=subprocess.DEVNULL,
    )
    wait_until(moment, process, pause=0.0005)
    process.kill()
    assert process.wait() == -signal.SIGKILL


def test_killed_figures_are_whole_and_are_drawn_again(reported):
    build = reported / "build"
    before, first = contents(build), build / "figures" / "text2text-accuracy.svg"
    written = first.stat().st_mtime_ns
    kill_at(reported, "figures", lambda: first.stat().st_mtime_ns != written)
    after = contents(build)
    assert all(after[path] == content for path, content in before.items())
    assert fake_runs.run(reported, "figures", *REPORT_ARGUMENTS).returncode == 0
    after = contents(build)
    assert all(after[path] == content for path, content in before.items())


def test_a_killed_report_leaves_the_one_before(reported):
    build = reported / "build"
    before, written = contents(build), (build / "claims.json").stat().st_mtime_ns
    kill_at(reported, "report", lambda: (build / "claims.json").stat().st_mtime_ns != written)
    after = contents(build)
    assert all(after[path] == content for path, content in before.items())
    assert fake_runs.run(reported, "report", *REPORT_ARGUMENTS).returncode == 0
    after = contents(build)
    assert all(after[path] == content for path, content in before.items())


@pytest.fixture(scope="module")
def bad_inputs(tmp_path_factory):
    """Status and message for each bad input, and all results before and after them."""
    work = tmp_path_factory.mktemp("bad-inputs")
    verify_bad_inputs.make_inputs(work)
    verify_bad_inputs.make_results(work)
    before = contents(work)
    done = fake_runs.run(work, "tests.verify_bad_inputs")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), before, contents(work)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(number, expected, id=f"{command} {arguments}")
        for number, (command, arguments, expected) in enumerate(verify_bad_inputs.CASES)
    ],
)
def test_a_bad_input_is_one_line_and_status_2(bad_inputs, number, expected):
    status, message = bad_inputs[0][number]
    assert status == 2, message
    (line,) = message.splitlines()
    assert line.startswith("error: ")
    assert expected in line


def test_no_bad_input_touches_a_result(bad_inputs):
    _, before, after = bad_inputs
    assert after == before
