"""Faulty mirrors, a full disk, no network: named in one line, soon, and nothing is lost."""

import contextlib
import resource
import socket
import threading
import time

import pytest

from lib.data.download.fetch import PATIENCE, Patience, fetch
from lib.system.errors import Offline, UserError
from tests.data.mirrors import MIB, QUICK, closed_url, part, remote, some_bytes

pytestmark = pytest.mark.usefixtures("no_proxy")


def test_a_mirror_that_only_stalls_is_given_up(mirror, tmp_path):
    stalled = threading.Event()
    server = mirror(b"x", stalls=100, stalled=stalled)
    started = time.monotonic()
    with pytest.raises(UserError, match="no answer in time"):
        fetch(remote(b"x", server.url), tmp_path, QUICK)
    stalled.set()
    assert time.monotonic() - started < 5
    assert len(server.requested_ranges) == QUICK.attempts


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
    inherited = good.requested_ranges[0].removeprefix("bytes=").removesuffix("-")
    assert int(inherited) >= 10_000
    assert good.requested_ranges[1:] == [None]


def test_a_web_page_does_not_cost_the_part(mirror, tmp_path):
    content = some_bytes(200_000)
    part(tmp_path).write_bytes(content[:150_000])
    page = mirror(b"<html>".ljust(200_000), ignores_range=True)
    good = mirror(content)
    assert fetch(remote(content, page.url, good.url), tmp_path, QUICK).read_bytes() == content
    assert good.requested_ranges == ["bytes=150000-"]


def test_never_more_than_the_size_is_written(mirror, tmp_path):
    file = remote(some_bytes(50_000), mirror(b"\0" * 9_000_000, no_length=True).url)
    limit_file_size(100_000)
    try:
        with pytest.raises(UserError, match="SHA-256"):
            fetch(file, tmp_path, QUICK)
    finally:
        limit_file_size(resource.RLIM_INFINITY)


def test_a_full_disk_is_reported_and_the_part_kept(mirror, tmp_path):
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


def test_a_folder_that_cannot_be_created_is_reported(mirror, tmp_path):
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
