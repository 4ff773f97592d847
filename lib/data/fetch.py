"""Downloads that end with the right bytes or with one clear error.

A download is streamed to `<name>.part` while it is hashed, taken up again where it broke off (also
by the next start of the program), and gets its name only once its SHA-256 is the expected one.
"""

import contextlib
import fcntl
import hashlib
import http.client
import os
import queue
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from lib.errors import UserError
from lib.files import sha256
from lib.paths import display


@dataclass(frozen=True)
class RemoteFile:
    """A public file: its size in bytes, its SHA-256 in hexadecimal, its mirrors, best first."""

    name: str
    size: int
    sha256: str
    urls: tuple[str, ...]


CELEBA = RemoteFile(
    "img_align_celeba.zip",
    1_443_490_838,
    "46fb89443c578308acf364d7d379fe1b9efb793042c0af734b6112e4fd3a8c74",
    (
        "https://s3.amazonaws.com/pytorch-tutorial-assets/img_align_celeba.zip",
        "https://cseweb.ucsd.edu/~weijian/static/datasets/celeba/img_align_celeba.zip",
        "https://s3-us-west-1.amazonaws.com/udacity-dlnfd/datasets/celeba.zip",
    ),
)
MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
MNIST = {
    name: RemoteFile(name, size, digest, tuple(mirror + name for mirror in MNIST_MIRRORS))
    for name, size, digest in (
        (
            "train-images-idx3-ubyte.gz",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        (
            "train-labels-idx1-ubyte.gz",
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        (
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        (
            "t10k-labels-idx1-ubyte.gz",
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    )
}

CHUNK_BYTES = 1 << 18
# A connection that brings less counts as a failure: no server can keep us for ever.
PROGRESS_BYTES = 1 << 16
WORTH_A_RETRY = {408, 425, 429, 500, 502, 503, 504}
HTML_OPENINGS = (b"<!doctype", b"<html", b"<head", b"<?xml")


class Offline(UserError):
    """No mirror of a file can be reached: no name service, no route, refused or no answer."""


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how often to try a mirror that brings nothing new."""

    connect: float = 5.0
    reach_any: float = 12.0
    stall: float = 20.0
    attempts: int = 4
    backoff: float = 0.5


PATIENCE = Patience()


class _BrokenError(Exception):
    """The transfer broke off; another try may go on."""


class _UnreachableError(_BrokenError):
    """No connection came about."""


class _NoSuchRangeError(Exception):
    """The mirror has nothing at the byte where we want to go on."""


class _RefusedError(Exception):
    """The mirror cannot help; `reached` tells whether it answered at all."""

    def __init__(self, reason: str, reached: bool = True):
        super().__init__(reason)
        self.reached = reached


def fetch(file: RemoteFile, folder: Path, patience: Patience = PATIENCE) -> Path:
    """Return the path of `file` in `folder`, downloading it unless its size and SHA-256 are right.

    Raises Offline where no mirror can be reached (noticed within `patience.reach_any` seconds), and
    UserError where every mirror fails, naming each one's reason, or where the disk cannot be
    written. What came so far is then kept for the next call.
    """
    path = Path(folder) / file.name
    try:
        if _is_whole(path, file):
            return path
        with locked(path.with_name(f".{file.name}.lock")):
            if not _is_whole(path, file):
                _download(file, path, patience)
    except OSError as error:
        raise UserError(
            f"cannot write {display(path)}: {error.strerror or error}; make room or choose "
            "another folder (WORK_DIR), then run again: what has come is kept"
        ) from error
    return path


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time into the block; the lock is an empty file at `path`.

    Raises OSError where the file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another program that holds {display(path)}", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            # Some network file systems know no locks; a lone program needs none.
            pass
        yield


def _is_whole(path: Path, file: RemoteFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size and sha256(path) == file.sha256


class _Part:
    """The bytes that came so far: on the disk, hashed, and shown as a progress bar."""

    def __init__(self, path: Path, file: RemoteFile):
        self.path = path
        self.expected = file
        self._file = open(path, "a+b")  # noqa: SIM115 (closed in __exit__)
        self._file.seek(0)
        self._hash = hashlib.file_digest(self._file, "sha256")
        self.position = self._file.tell()
        self._bar = tqdm(
            total=file.size,
            initial=self.position,
            desc=file.name,
            unit="B",
            unit_scale=True,
            mininterval=0.2 if sys.stderr.isatty() else 15,
            file=sys.stderr,
        )
        if self.position > file.size or (self.is_full and not self.is_right):
            self.restart()

    def __enter__(self) -> "_Part":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
        self._file.close()
        if self.position == 0:
            self.path.unlink(missing_ok=True)

    @property
    def is_full(self) -> bool:
        return self.position == self.expected.size

    @property
    def is_right(self) -> bool:
        return self.is_full and self._hash.hexdigest() == self.expected.sha256

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self.position += len(chunk)
        self._bar.update(len(chunk))

    def restart(self) -> None:
        self._file.truncate(0)
        self._hash = hashlib.sha256()
        self.position = 0
        self._bar.reset()

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


def _download(file: RemoteFile, path: Path, patience: Patience) -> None:
    """Fill `path` from the first mirror that can; raises OSError only for the disk."""
    part_path = path.with_name(f"{file.name}.part")
    failures: dict[str, _RefusedError] = {}
    with _Part(part_path, file) as part:
        if not part.is_right:
            deadline = time.monotonic() + patience.reach_any
            probes = {url: _start_probe(url, patience) for url in file.urls}
            for url, probe in probes.items():
                try:
                    _await_probe(probe, deadline)
                    _download_from(url, part, patience)
                    break
                except _RefusedError as failure:
                    failures[url] = failure
        if part.is_right:
            part.sync()
            os.replace(part_path, path)
            return
    raise _failure(file, path, failures)


def _failure(file: RemoteFile, path: Path, failures: dict[str, _RefusedError]) -> UserError:
    """Return the error that names every mirror's reason."""
    reasons = "; ".join(f"{urlsplit(url).hostname}: {reason}" for url, reason in failures.items())
    there = f" (the {file.name} that lies there is another file)" if path.exists() else ""
    by_hand = (
        f"run again, or download {file.urls[0]} by hand and put it into "
        f"{display(path.parent)}{there}"
    )
    if any(failure.reached for failure in failures.values()):
        return UserError(f"cannot download {file.name} ({reasons}); {by_hand}")
    return Offline(f"no mirror of {file.name} can be reached ({reasons}); {by_hand}")


def _download_from(url: str, part: _Part, patience: Patience) -> None:
    """Complete `part` from one mirror, going on after every break that brought something new.

    Raises _RefusedError, with the reason, where this mirror cannot do it.
    """
    failures, reached, may_resume = 0, False, True
    furthest, inherited = part.position, part.position > 0
    while not part.is_right:
        try:
            response = _ask(url, part.position if may_resume else 0, patience.stall)
            reached = True
            with response:
                _receive(response, part)
        except _NoSuchRangeError:
            reached, may_resume = True, False
            continue
        except _BrokenError as error:
            is_unreachable = isinstance(error, _UnreachableError)
            reached = reached or not is_unreachable
            failures = 0 if part.position >= furthest + PROGRESS_BYTES else failures + 1
            furthest = max(furthest, part.position)
            if failures == patience.attempts or not reached:
                raise _RefusedError(str(error), reached) from error
            time.sleep(patience.backoff * 2**failures)
        # Bytes that another mirror or an earlier start left may be the wrong ones: once more alone.
        if part.is_full and not part.is_right:
            part.restart()
            if not inherited:
                raise _RefusedError("sent other bytes than the published ones (SHA-256 differs)")
            inherited = False


def _ask(url: str, start: int, seconds: float) -> http.client.HTTPResponse:
    """Ask for the bytes from `start` on."""
    headers = {"User-Agent": "generative-models-reproduction"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=seconds)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and start:
            raise _NoSuchRangeError from error
        reason = f"HTTP {error.code} {error.reason}".strip()
        raise (_BrokenError if error.code in WORTH_A_RETRY else _RefusedError)(reason) from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise _RefusedError(_words(error.reason)) from error
        raise _UnreachableError(_words(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenError(_words(error)) from error


def _receive(response: http.client.HTTPResponse, part: _Part) -> None:
    """Append the body to `part`, or start it over where the mirror sends the file from its start.

    Raises _RefusedError for a body that cannot be the file, _BrokenError where the body ends early.
    """
    size = part.expected.size
    start = part.position if response.status == 206 else 0
    _check_headers(response, start, size)
    chunk = _read(response, size - start)
    if chunk and start == 0:
        if chunk.lstrip().lower().startswith(HTML_OPENINGS):
            raise _RefusedError("sent a web page instead of the file")
        part.restart()
    while chunk:
        part.write(chunk)
        chunk = _read(response, size - part.position)
    if not part.is_full:
        raise _BrokenError(f"the connection broke off at {part.position:,} of {size:,} bytes")


def _check_headers(response: http.client.HTTPResponse, start: int, size: int) -> None:
    """Raise _RefusedError unless the headers announce the bytes from `start` to `size`."""
    if response.status not in (200, 206):
        raise _RefusedError(f"HTTP {response.status}")
    if response.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        raise _RefusedError("sent a web page instead of the file")
    length = response.headers.get("Content-Length")
    if length is not None and length.strip() != str(size - start):
        raise _RefusedError(f"announced {length} bytes instead of {size - start}")
    if response.status == 206:
        answered = response.headers.get("Content-Range", "").strip()
        if answered not in (f"bytes {start}-{size - 1}/{total}" for total in (size, "*")):
            raise _RefusedError(
                f"sent the range {answered!r} when asked for the bytes from {start} on"
            )


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    """Return the next bytes, as soon as there are any, b"" at the end or after `limit` bytes."""
    try:
        return response.read1(min(CHUNK_BYTES, limit)) if limit else b""
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _BrokenError(_words(error)) from error


def _words(error: BaseException | str) -> str:
    """Return one line that tells a person what went wrong."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())


def _start_probe(url: str, patience: Patience) -> queue.SimpleQueue:
    """Try to connect, aside; the queue gets the reason of a failure, or None.

    A thread, because looking up a name knows no timeout; a daemon, so that it never holds the exit.
    """
    answer: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(
        target=lambda: answer.put(_obstacle(url, patience.connect)), daemon=True
    ).start()
    return answer


def _await_probe(probe: queue.SimpleQueue, deadline: float) -> None:
    """Raise _RefusedError unless the probe gets through before `deadline` (of time.monotonic)."""
    try:
        obstacle = probe.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        obstacle = "no answer in time"
    if obstacle is not None:
        raise _RefusedError(obstacle, reached=False)


def _obstacle(url: str, seconds: float) -> str | None:
    """Return why no connection to `url`, or to the proxy in between, comes about."""
    target = urlsplit(url)
    is_tls = target.scheme == "https"
    port = 443 if is_tls else 80
    proxy = urllib.request.getproxies().get(target.scheme)
    if proxy and not urllib.request.proxy_bypass(target.hostname):
        target, is_tls = urlsplit(proxy if "//" in proxy else f"//{proxy}"), False
    try:
        with socket.create_connection((target.hostname, target.port or port), seconds) as link:
            if is_tls:
                # A firewall may let us connect and then drop or cut what we say.
                context = ssl.create_default_context()
                context.wrap_socket(link, server_hostname=target.hostname).close()
    except ssl.SSLCertVerificationError:
        return None
    except (OSError, ValueError) as error:
        return _words(error)
    return None
