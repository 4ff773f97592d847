"""Downloads are complete and correct, resumed after each break, and made once."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lib.data.download import partial_file
from lib.data.download.fetch import fetch
from lib.data.download.remote_files import CELEBA, MNIST
from lib.system.errors import UserError
from tests.data.mirrors import MIB, QUICK, closed_url, part, remote, some_bytes

pytestmark = pytest.mark.usefixtures("no_proxy")


def test_a_good_mirror_is_read_once_and_not_again(mirror, tmp_path):
    content = some_bytes(MIB + 17)
    server = mirror(content)
    file = remote(content, server.url)
    path = fetch(file, tmp_path / "new", QUICK)
    assert path == tmp_path / "new" / "file.bin"
    assert path.read_bytes() == content
    assert not part(tmp_path / "new").exists()
    assert fetch(file, tmp_path / "new", QUICK) == path
    assert server.requested_ranges == [None]


def test_a_file_without_announced_length_is_read(mirror, tmp_path):
    content = some_bytes(100_000)
    file = remote(content, mirror(content, no_length=True).url)
    assert fetch(file, tmp_path, QUICK).read_bytes() == content


@pytest.mark.parametrize("wrong", [b"x" * 5000, b"short", b""])
def test_a_wrong_file_under_its_name_is_replaced(mirror, tmp_path, wrong):
    content = some_bytes(5000)
    (tmp_path / "file.bin").write_bytes(wrong)
    file = remote(content, mirror(content).url)
    assert fetch(file, tmp_path, QUICK).read_bytes() == content


def test_a_wrong_file_under_its_name_is_kept_and_named_when_all_fails(mirror, tmp_path):
    (tmp_path / "file.bin").write_bytes(b"mine")
    with pytest.raises(UserError, match="another file"):
        fetch(remote(b"true", mirror(status=404).url), tmp_path, QUICK)
    assert (tmp_path / "file.bin").read_bytes() == b"mine"


def test_each_byte_is_fetched_once_over_ten_cuts(mirror, tmp_path):
    content = some_bytes(4 * MIB)
    server = mirror(content, cuts=10, cut_after=300_000)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    assert server.sent_bytes == len(content)
    assert len(server.requested_ranges) == 11


def test_a_killed_program_resumes_where_it_was(mirror, tmp_path):
    content = some_bytes(MIB)
    part(tmp_path).write_bytes(content[:700_001])
    server = mirror(content)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    assert server.requested_ranges == ["bytes=700001-"]
    assert server.sent_bytes == len(content) - 700_001


def test_the_part_is_kept_when_the_mirror_gives_up(mirror, tmp_path):
    content = some_bytes(MIB)
    server = mirror(content, cuts=100, cut_after=10_000)
    with pytest.raises(UserError, match="broke off at"):
        fetch(remote(content, server.url), tmp_path, QUICK)
    kept = part(tmp_path).read_bytes()
    assert kept
    assert content.startswith(kept)
    assert len(server.requested_ranges) <= 10


def test_a_whole_part_needs_no_network(tmp_path):
    content = some_bytes(1000)
    part(tmp_path).write_bytes(content)
    assert fetch(remote(content, closed_url()), tmp_path, QUICK).read_bytes() == content


@pytest.mark.parametrize("length", [600_000, 1_000_000, 1_200_000])
def test_a_part_of_other_bytes_costs_a_fresh_start(mirror, tmp_path, length):
    content = some_bytes(1_000_000)
    part(tmp_path).write_bytes(b"?" * length)
    file = remote(content, mirror(content).url)
    assert fetch(file, tmp_path, QUICK).read_bytes() == content


def test_a_mirror_that_ignores_ranges_starts_over(mirror, tmp_path):
    content = some_bytes(MIB)
    server = mirror(content, ignores_range=True, cuts=2, cut_after=600_000)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    assert server.requested_ranges == [None, "bytes=600000-", "bytes=600000-"]


def test_a_mirror_that_ignores_ranges_and_always_cuts_is_given_up(mirror, tmp_path):
    content = some_bytes(MIB)
    server = mirror(content, ignores_range=True, cuts=1000, cut_after=600_000)
    with pytest.raises(UserError, match="broke off"):
        fetch(remote(content, server.url), tmp_path, QUICK)
    assert len(server.requested_ranges) <= 10


def test_a_range_that_the_mirror_lacks_leads_to_a_fresh_start(mirror, tmp_path):
    content = some_bytes(200_000)
    part(tmp_path).write_bytes(content[:1000])
    server = mirror(content, no_such_range=True)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    assert server.requested_ranges == ["bytes=1000-", None]


def test_another_range_than_the_requested_one_is_refused_and_the_part_kept(mirror, tmp_path):
    content = some_bytes(200_000)
    part(tmp_path).write_bytes(content[:1000])
    server = mirror(content, range_start=0)
    with pytest.raises(UserError, match="sent the range"):
        fetch(remote(content, server.url), tmp_path, QUICK)
    assert part(tmp_path).read_bytes() == content[:1000]


def test_a_stalled_mirror_is_tried_again(mirror, tmp_path):
    content = some_bytes(1000)
    stalled = threading.Event()
    server = mirror(content, stalls=1, stalled=stalled)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    stalled.set()


def test_a_killed_download_is_resumed_by_the_next_program(mirror, tmp_path):
    content = some_bytes(MIB)
    server = mirror(content, cuts=1, cut_after=500_000)
    file = remote(content, server.url)
    program = (
        "import pathlib, sys; sys.path.insert(0, sys.argv[1]);"
        "from lib.data.download.fetch import Patience, fetch;"
        "from lib.data.download.remote_files import RemoteFile;"
        "fetch(eval(sys.argv[2]), pathlib.Path(sys.argv[3]), Patience(backoff=60))"
    )
    repository = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(repository), repr(file), str(tmp_path)],
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while not (part(tmp_path).exists() and part(tmp_path).stat().st_size > 400_000):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = part(tmp_path).stat().st_size
    assert kept <= 500_000
    assert fetch(file, tmp_path, QUICK).read_bytes() == content
    assert server.requested_ranges == [None, f"bytes={kept}-"]


def test_two_downloads_at_once_of_the_same_file_agree(mirror, tmp_path):
    content = some_bytes(MIB)
    server = mirror(content)
    file = remote(content, server.url)
    threads = [threading.Thread(target=fetch, args=(file, tmp_path, QUICK)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "file.bin").read_bytes() == content
    assert server.requested_ranges == [None]


def test_the_published_files_are_described_in_full():
    files = [CELEBA, *MNIST.values()]
    assert {file.name: file.size for file in files} == {
        "img_align_celeba.zip": 1_443_490_838,
        "train-images-idx3-ubyte.gz": 9_912_422,
        "train-labels-idx1-ubyte.gz": 28_881,
        "t10k-images-idx3-ubyte.gz": 1_648_877,
        "t10k-labels-idx1-ubyte.gz": 4_542,
    }
    for file in files:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert len(file.urls) >= 2
        assert all(url.startswith("https://") for url in file.urls)


def test_progress_in_a_log_file_is_whole_lines(mirror, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(partial_file, "LINE_SECONDS", 0)
    content = some_bytes(MIB)
    fetch(remote(content, mirror(content).url), tmp_path, QUICK)
    lines = capsys.readouterr().err.split("\n")
    assert len(lines) > 1
    assert all(line.startswith("file.bin: ") and "% of 1.05MB, " in line for line in lines[:-1])
    assert not lines[-1].strip()
