"""A web server with faults, as mirrors have them, and files to download from it."""

import contextlib
import hashlib
import http.server
import random
import socket
import threading
from pathlib import Path

from lib.data.download.fetch import Patience
from lib.data.download.remote_files import RemoteFile

QUICK = Patience(connect=0.3, reach_any=1.0, stall=1.0, attempts=3, backoff=0.01)
MIB = 1 << 20


class Mirror(http.server.ThreadingHTTPServer):
    """A web server with faults; it counts the bytes that it sends and the ranges requested."""

    daemon_threads = True

    def __init__(self, content: bytes, **faults):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.faults = faults
        self.sent_bytes = 0
        self.requested_ranges = []
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
        requested = self.headers.get("Range")
        mirror.requested_ranges.append(requested)
        if "status" in faults:
            return self.answer(faults["status"], b"refused", {})
        if requested and faults.get("no_such_range"):
            return self.answer(416, b"", {})
        start = 0
        if requested and not faults.get("ignores_range"):
            start = int(requested.removeprefix("bytes=").removesuffix("-"))
        body, total = mirror.content[start:], len(mirror.content)
        if start and not body:
            return self.answer(416, b"", {})
        headers = {"Content-Type": faults.get("type", "application/octet-stream")}
        if start:
            first = faults.get("range_start", start)
            headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
        if not faults.get("no_length"):
            headers["Content-Length"] = str(faults.get("length", len(body)))
        if faults.get("stalls", 0) >= len(mirror.requested_ranges):
            faults["stalled"].wait(5)
            return None
        if len(mirror.requested_ranges) <= faults.get("cuts", 0):
            body = body[: faults["cut_after"]]
        self.answer(206 if start else 200, body, headers)

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            for at in range(0, len(body), 1 << 16):
                # Counted before they are sent: once all is received, all must be counted.
                self.server.sent_bytes += len(body[at : at + (1 << 16)])
                self.wfile.write(body[at : at + (1 << 16)])


def some_bytes(count: int) -> bytes:
    return random.Random(count).randbytes(count)


def remote(content: bytes, *urls: str) -> RemoteFile:
    return RemoteFile("file.bin", len(content), hashlib.sha256(content).hexdigest(), urls)


def closed_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/file.bin"


def part(folder: Path) -> Path:
    return folder / "file.bin.part"
