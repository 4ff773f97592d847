import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lib.system.errors import UserError
from lib.system.locks import locked, only_writer

REPOSITORY = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from lib.system.locks import only_writer
with only_writer(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "variant" / "seed-0"


@pytest.fixture
def owner(folder):
    """Another process that holds the lock of `folder` until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_and_told_who_the_first_is_and_on_which_host(folder, owner):
    first = re.escape(f"process {owner.pid} on {socket.gethostname()};")
    with pytest.raises(UserError, match=f"seed-0 is being written by {first}"), only_writer(folder):
        pytest.fail("two writers at a time")


def test_a_killed_owner_holds_nothing(folder, owner):
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    told = pytest.raises(UserError, match=f"is being written by process {os.getpid()} on ")
    with only_writer(folder), told, only_writer(folder):
        pytest.fail("two writers at a time")


def test_the_lock_ends_with_the_block_and_with_an_error(folder):
    for _ in range(2):
        with pytest.raises(RuntimeError), only_writer(folder):
            raise RuntimeError
    with only_writer(folder):
        pass


def test_another_folder_is_free(folder, owner):
    with only_writer(folder.with_name("seed-1")):
        pass


def test_the_folder_itself_is_not_made(folder):
    with only_writer(folder):
        assert not folder.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "a file").touch()
    told = pytest.raises(UserError, match=r"cannot write .*a file")
    with told, only_writer(tmp_path / "a file" / "seed-0"):
        pytest.fail("wrote below a file")


@pytest.fixture
def told_to_end(owner):
    """Whether the owner was told to let go, which happens after a moment."""
    told = threading.Event()

    def end():
        told.set()
        owner.stdin.close()

    threading.Timer(1.0, end).start()
    return told


def test_who_waits_says_for_whom_and_comes_next(folder, owner, told_to_end, capsys):
    with locked(folder):
        assert told_to_end.is_set()
        assert f"waiting for process {owner.pid} on " in capsys.readouterr().err
        told = pytest.raises(UserError, match=f"is being written by process {os.getpid()} on ")
        with told, only_writer(folder):
            pytest.fail("two writers at a time")


def test_who_need_not_wait_says_nothing(folder, capsys):
    with locked(folder):
        assert not any(capsys.readouterr())


def test_a_second_writer_that_waits_comes_next(folder, owner, told_to_end, capsys):
    with only_writer(folder, wait=True):
        assert told_to_end.is_set()
        assert f"waiting for process {owner.pid} on " in capsys.readouterr().err
