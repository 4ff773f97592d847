"""Downloads that end with the right bytes or with one clear error.

A download is streamed to `<name>.part` while it is hashed, taken up again where it broke off (also
by the next start of the program), and gets its name only once its SHA-256 is the expected one.
"""

import http.client
import os
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lib.data.download.partial_file import PartialFile
from lib.data.download.reachability import Probe, in_words
from lib.data.download.remote_files import RemoteFile
from lib.system.errors import Offline, UserError
from lib.system.files import sha256
from lib.system.locks import locked
from lib.system.paths import display

CHUNK_BYTES = 1 << 18
# A connection that brings less counts as a failure: no server can keep us for ever.
PROGRESS_BYTES = 1 << 16
WORTH_A_RETRY = {408, 425, 429, 500, 502, 503, 504}
HTML_OPENINGS = (b"<!doctype", b"<html", b"<head", b"<?xml")


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
        with locked(path):
            if not _is_whole(path, file):
                _download(file, path, patience)
    except OSError as error:
        raise UserError(
            f"cannot write {display(path)}: {error.strerror or error}; make room or choose "
            "another folder (WORK_DIR), then run again: what has come is kept"
        ) from error
    return path


def _is_whole(path: Path, file: RemoteFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size and sha256(path) == file.sha256


def _download(file: RemoteFile, path: Path, patience: Patience) -> None:
    """Fill `path` from the first mirror that can; raises OSError only for the disk."""
    part_path = path.with_name(f"{file.name}.part")
    failures: dict[str, _RefusedError] = {}
    with PartialFile(part_path, file) as part:
        if not part.is_right:
            deadline = time.monotonic() + patience.reach_any
            probes = {url: Probe(url, patience.connect) for url in file.urls}
            for url, probe in probes.items():
                try:
                    if obstacle := probe.obstacle(deadline):
                        raise _RefusedError(obstacle, reached=False)
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
    """Return the error that tells every reason and, unless all is out of reach, the mirrors."""
    there = f" (the {file.name} that lies there is another file)" if path.exists() else ""
    by_hand = (
        f"run again, or download {file.urls[0]} by hand and put it into "
        f"{display(path.parent)}{there}"
    )
    if any(failure.reached for failure in failures.values()):
        reasons = "; ".join(f"{urlsplit(url).hostname}: {why}" for url, why in failures.items())
        return UserError(f"cannot download {file.name} ({reasons}); {by_hand}")
    reasons = "; ".join(dict.fromkeys(map(str, failures.values())))
    return Offline(f"no mirror of {file.name} can be reached ({reasons}); {by_hand}")


def _download_from(url: str, part: PartialFile, patience: Patience) -> None:
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
            raise _RefusedError(in_words(error.reason)) from error
        raise _UnreachableError(in_words(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenError(in_words(error)) from error


def _receive(response: http.client.HTTPResponse, part: PartialFile) -> None:
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
        raise _BrokenError(in_words(error)) from error
