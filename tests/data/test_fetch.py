import contextlib
import hashlib
import http.server
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lib.data.download.fetch import PATIENCE, Offline, Patience, fetch
from lib.data.download.remote_files import CELEBA, MNIST, RemoteFile
from lib.system.errors import UserError

QUICK = Patience(connect=0.3, reach_any=1.0, stall=1.0, attempts=3, backoff=0.01)
MIB = 1 << 20


class Mirror(http.server.ThreadingHTTPServer):
    """A web server whose faults are its attributes; it counts what it sends and is asked."""

    daemon_threads = True

    def __init__(self, content: bytes, **faults):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.faults = faults
        self.sent_bytes = 0
        self.asked_ranges = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file.bin"

    def handle_error(self, request, client_address):
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        mirror, faults = self.server, self.server.faults
        asked = self.headers.get("Range")
        mirror.asked_ranges.append(asked)
        if "status" in faults:
            return self.answer(faults["status"], b"refused", {})
        if asked and faults.get("no_such_range"):
            return self.answer(416, b"", {})
        start = 0
        if asked and not faults.get("ignores_range"):
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        body, total = mirror.content[start:], len(mirror.content)
        if start and not body:
            return self.answer(416, b"", {})
        headers = {"Content-Type": faults.get("type", "application/octet-stream")}
        if start:
            first = faults.get("range_start", start)
            headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
        if not faults.get("no_length"):
            headers["Content-Length"] = str(faults.get("length", len(body)))
        if faults.get("stalls", 0) >= len(mirror.asked_ranges):
            faults["stalled"].wait(5)
            return None
        if len(mirror.asked_ranges) <= faults.get("cuts", 0):
            body = body[: faults["cut_after"]]
        self.answer(206 if start else 200, body, headers)

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            for at in range(0, len(body), 1 << 16):
                # Counted before they go: who has received all must find all counted.
                self.server.sent_bytes += len(body[at : at + (1 << 16)])
                self.wfile.write(body[at : at + (1 << 16)])


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def mirror():
    """Start mirrors; all are closed when the test ends."""
    with contextlib.ExitStack() as mirrors:

        def start(content: bytes = b"", **faults) -> Mirror:
            server = mirrors.enter_context(Mirror(content, **faults))
            mirrors.callback(server.shutdown)
            return server

        yield start


def some_bytes(count: int) -> bytes:
    return random.Random(count).randbytes(count)


def remote(content: bytes, *urls: str) -> RemoteFile:
    return RemoteFile("file.bin", len(content), hashlib.sha256(content).hexdigest(), urls)


def closed_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/file.bin"


def part(folder: Path) -> Path:
    return folder / "file.bin.part"


def test_a_good_mirror_is_read_once_and_not_again(mirror, tmp_path):
    content = some_bytes(MIB + 17)
    server = mirror(content)
    file = remote(content, server.url)
    path = fetch(file, tmp_path / "new", QUICK)
    assert path == tmp_path / "new" / "file.bin"
    assert path.read_bytes() == content
    assert not part(tmp_path / "new").exists()
    assert fetch(file, tmp_path / "new", QUICK) == path
    assert server.asked_ranges == [None]


def test_a_file_without_announced_length_is_read(mirror, tmp_path):
    content = some_bytes(100_000)
    file = remote(content, mirror(content, no_length=True).url)
    assert fetch(file, tmp_path, QUICK).read_bytes() == content


@pytest.mark.parametrize("wrong", [b"x" * 5000, b"short", b""])
def test_a_wrong_file_under_the_right_name_is_replaced(mirror, tmp_path, wrong):
    content = some_bytes(5000)
    (tmp_path / "file.bin").write_bytes(wrong)
    file = remote(content, mirror(content).url)
    assert fetch(file, tmp_path, QUICK).read_bytes() == content


def test_a_wrong_file_under_the_right_name_is_kept_and_named_when_all_fails(mirror, tmp_path):
    (tmp_path / "file.bin").write_bytes(b"mine")
    with pytest.raises(UserError, match="another file"):
        fetch(remote(b"true", mirror(status=404).url), tmp_path, QUICK)
    assert (tmp_path / "file.bin").read_bytes() == b"mine"


def test_each_byte_is_fetched_once_over_ten_cuts(mirror, tmp_path):
    content = some_bytes(4 * MIB)
    server = mirror(content, cuts=10, cut_after=300_000)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    assert server.sent_bytes == len(content)
    assert len(server.asked_ranges) == 11


def test_a_killed_program_goes_on_where_it_was(mirror, tmp_path):
    content = some_bytes(MIB)
    part(tmp_path).write_bytes(content[:700_001])
    server = mirror(content)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    assert server.asked_ranges == ["bytes=700001-"]
    assert server.sent_bytes == len(content) - 700_001


def test_the_part_is_kept_when_the_mirror_gives_up(mirror, tmp_path):
    content = some_bytes(MIB)
    server = mirror(content, cuts=100, cut_after=10_000)
    with pytest.raises(UserError, match="broke off at"):
        fetch(remote(content, server.url), tmp_path, QUICK)
    kept = part(tmp_path).read_bytes()
    assert kept
    assert content.startswith(kept)
    assert len(server.asked_ranges) <= 10


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
    assert server.asked_ranges == [None, "bytes=600000-", "bytes=600000-"]


def test_a_mirror_that_ignores_ranges_and_always_cuts_is_given_up(mirror, tmp_path):
    content = some_bytes(MIB)
    server = mirror(content, ignores_range=True, cuts=1000, cut_after=600_000)
    with pytest.raises(UserError, match="broke off"):
        fetch(remote(content, server.url), tmp_path, QUICK)
    assert len(server.asked_ranges) <= 10


def test_a_range_that_the_mirror_lacks_leads_to_a_fresh_start(mirror, tmp_path):
    content = some_bytes(200_000)
    part(tmp_path).write_bytes(content[:1000])
    server = mirror(content, no_such_range=True)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    assert server.asked_ranges == ["bytes=1000-", None]


def test_another_range_than_asked_for_is_refused_and_the_part_kept(mirror, tmp_path):
    content = some_bytes(200_000)
    part(tmp_path).write_bytes(content[:1000])
    server = mirror(content, range_start=0)
    with pytest.raises(UserError, match="sent the range"):
        fetch(remote(content, server.url), tmp_path, QUICK)
    assert part(tmp_path).read_bytes() == content[:1000]


def test_a_stalled_mirror_is_asked_again(mirror, tmp_path):
    content = some_bytes(1000)
    stalled = threading.Event()
    server = mirror(content, stalls=1, stalled=stalled)
    assert fetch(remote(content, server.url), tmp_path, QUICK).read_bytes() == content
    stalled.set()


def test_a_mirror_that_only_stalls_is_given_up(mirror, tmp_path):
    stalled = threading.Event()
    server = mirror(b"x", stalls=100, stalled=stalled)
    started = time.monotonic()
    with pytest.raises(UserError, match="no answer in time"):
        fetch(remote(b"x", server.url), tmp_path, QUICK)
    stalled.set()
    assert time.monotonic() - started < 5
    assert len(server.asked_ranges) == QUICK.attempts


@pytest.mark.parametrize(
    ("faults", "served", "reason"),
    [
        ({"status": 403}, b"", "HTTP 403"),
        ({"status": 404}, b"", "HTTP 404"),
        ({"status": 503}, b"", "HTTP 503"),
        ({"status": 416}, b"", "HTTP 416"),
        ({"length": 10**12}, None, "announced 1000000000000 bytes"),
        ({"length": 3}, None, "announced 3 bytes"),
        ({"type": "text/html; charset=utf-8"}, None, "web page"),
        ({}, b"\n<!DOCTYPE html><title>Quota exceeded</title>".ljust(70_000), "web page"),
        ({}, b"\0" * 70_000, "SHA-256"),
        ({"no_length": True}, b"\0" * 10_000_000, "SHA-256"),
        ({"no_length": True}, b"\0" * 1000, "broke off at"),
    ],
)
def test_a_faulty_mirror_is_named_and_the_next_one_used(mirror, tmp_path, faults, served, reason):
    content = some_bytes(70_000)
    faulty = mirror(content if served is None else served, **faults)
    with pytest.raises(UserError, match=reason) as caught:
        fetch(remote(content, faulty.url), tmp_path / "alone", QUICK)
    assert not isinstance(caught.value, Offline)
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "alone") in str(caught.value)
    assert not (tmp_path / "alone" / "file.bin").exists()
    file = remote(content, faulty.url, mirror(content).url)
    assert fetch(file, tmp_path / "both", QUICK).read_bytes() == content


def test_wrong_bytes_of_one_mirror_do_not_condemn_the_next(mirror, tmp_path):
    content = some_bytes(MIB)
    liar = mirror(b"\0" * MIB, cuts=100, cut_after=10_000)
    good = mirror(content)
    assert fetch(remote(content, liar.url, good.url), tmp_path, QUICK).read_bytes() == content
    inherited = good.asked_ranges[0].removeprefix("bytes=").removesuffix("-")
    assert int(inherited) >= 10_000
    assert good.asked_ranges[1:] == [None]


def test_a_web_page_does_not_cost_the_part(mirror, tmp_path):
    content = some_bytes(200_000)
    part(tmp_path).write_bytes(content[:150_000])
    page = mirror(b"<html>".ljust(200_000), ignores_range=True)
    good = mirror(content)
    assert fetch(remote(content, page.url, good.url), tmp_path, QUICK).read_bytes() == content
    assert good.asked_ranges == ["bytes=150000-"]


def test_never_more_than_the_size_is_written(mirror, tmp_path):
    file = remote(some_bytes(50_000), mirror(b"\0" * 9_000_000, no_length=True).url)
    limit_file_size(100_000)
    try:
        with pytest.raises(UserError, match="SHA-256"):
            fetch(file, tmp_path, QUICK)
    finally:
        limit_file_size(resource.RLIM_INFINITY)


def test_a_full_disk_is_told_and_the_part_kept(mirror, tmp_path):
    content = some_bytes(MIB)
    file = remote(content, mirror(content).url)
    limit_file_size(300_000)
    try:
        with pytest.raises(UserError, match="cannot write"):
            fetch(file, tmp_path, QUICK)
    finally:
        limit_file_size(resource.RLIM_INFINITY)
    kept = part(tmp_path).read_bytes()
    assert kept
    assert content.startswith(kept)
    assert fetch(file, tmp_path, QUICK).read_bytes() == content


def limit_file_size(size: int) -> None:
    """Let no file of this process grow over `size` bytes, as a full disk would."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (hard if size == resource.RLIM_INFINITY else size, hard)
    )


def test_a_folder_that_cannot_be_made_is_told(mirror, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="cannot write"):
        fetch(remote(b"x", mirror(b"x").url), tmp_path / "file" / "folder", QUICK)


def test_refused_connections_are_offline(tmp_path):
    with pytest.raises(Offline, match="refused"):
        fetch(remote(b"x", closed_url(), closed_url()), tmp_path, QUICK)
    assert not part(tmp_path).exists()


def test_an_unknown_name_is_offline(tmp_path):
    with pytest.raises(Offline):
        fetch(remote(b"x", "http://mirror.invalid/file.bin"), tmp_path, QUICK)


def test_a_dead_proxy_is_offline(monkeypatch, tmp_path):
    monkeypatch.setenv("https_proxy", closed_url())
    with pytest.raises(Offline):
        fetch(remote(b"x", "https://mirror.invalid/file.bin"), tmp_path, QUICK)


@contextlib.contextmanager
def silent_url():
    """Yield an address that drops every packet: the kernel ignores those beyond a full backlog."""
    with contextlib.ExitStack() as sockets:
        server = sockets.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(8):
            client = sockets.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}/file.bin"


def test_dropped_packets_are_offline_soon_for_all_mirrors_together(tmp_path):
    started = time.monotonic()
    with silent_url() as silent, pytest.raises(Offline, match="no answer in time"):
        fetch(remote(b"x", *[silent] * 10), tmp_path, QUICK)
    assert time.monotonic() - started < 2 * QUICK.reach_any
    assert PATIENCE.reach_any <= 15


def test_a_silent_mirror_does_not_hold_up_a_good_one_before_it(mirror, tmp_path):
    started = time.monotonic()
    with silent_url() as silent:
        fetch(remote(b"x", mirror(b"x").url, silent), tmp_path, Patience(connect=9, reach_any=9))
    assert time.monotonic() - started < 5


def test_a_handshake_without_answer_is_offline(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/file.bin"
        with pytest.raises(Offline, match="no answer in time"):
            fetch(remote(b"x", url), tmp_path, QUICK)


def test_a_killed_download_is_taken_up_by_the_next_program(mirror, tmp_path):
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
    assert server.asked_ranges == [None, f"bytes={kept}-"]


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
    assert server.asked_ranges == [None]


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
