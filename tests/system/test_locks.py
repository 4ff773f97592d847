import errno
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
from lib.system.locks import locked

REPOSITORY = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from lib.system.locks import locked
with locked(Path(sys.argv[1])):
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


def test_a_second_process_is_refused_with_the_first_one_s_number_and_host(folder, owner):
    first = re.escape(f"process {owner.pid} on {socket.gethostname()};")
    with (
        pytest.raises(UserError, match=f"seed-0 is being written by {first}"),
        locked(folder, wait=False),
    ):
        pytest.fail("two writers at a time")


def test_a_killed_owner_holds_nothing(folder, owner):
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    refused = pytest.raises(UserError, match=f"is being written by process {os.getpid()} on ")
    with locked(folder, wait=False), refused, locked(folder, wait=False):
        pytest.fail("two writers at a time")


def test_the_lock_ends_with_the_block_and_with_an_error(folder):
    for _ in range(2):
        with pytest.raises(RuntimeError), locked(folder, wait=False):
            raise RuntimeError
    with locked(folder, wait=False):
        pass


def test_another_folder_is_free(folder, owner):
    with locked(folder.with_name("seed-1"), wait=False):
        pass


def test_the_folder_itself_is_not_created(folder):
    with locked(folder, wait=False):
        assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "a file").touch()
    refused = pytest.raises(UserError, match=r"cannot write .*a file")
    with refused, locked(tmp_path / "a file" / "seed-0", wait=False):
        pytest.fail("wrote below a file")


@pytest.fixture
def ending(owner):
    """An event that is set when the owner is made to release the lock, after a second."""
    ending = threading.Event()

    def end():
        ending.set()
        owner.stdin.close()

    threading.Timer(1.0, end).start()
    return ending


def test_a_waiting_process_says_for_whom_and_comes_next(folder, owner, ending, capsys):
    with locked(folder):
        assert ending.is_set()
        assert f"waiting for process {owner.pid} on " in capsys.readouterr().err
        refused = pytest.raises(UserError, match=f"is being written by process {os.getpid()} on ")
        with refused, locked(folder, wait=False):
            pytest.fail("two writers at a time")


def test_a_process_that_need_not_wait_says_nothing(folder, capsys):
    with locked(folder):
        assert not any(capsys.readouterr())


def test_without_locks_in_the_file_system_a_single_process_works(folder, monkeypatch):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    with locked(folder):
        pass
