"""Downloads that end with the correct bytes or with one clear error.

A download is streamed to `<name>.part` and resumed where it broke off, even by the next start of
the program. The file gets its name only when its SHA-256 is the published one.
"""

import http.client
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lib.data.download.partial_file import PartialFile
from lib.data.download.remote_files import RemoteFile
from lib.system.errors import Offline, UserError
from lib.system.locks import locked
from lib.system.paths import display

CHUNK_BYTES = 1 << 18
# A connection that brings less than this counts as a failure, so that no mirror is tried for ever.
PROGRESS_BYTES = 1 << 16
TEMPORARY_STATUS = {408, 425, 429, 500, 502, 503, 504}
HTML_OPENINGS = (b"<!doctype", b"<html", b"<head", b"<?xml")
WEB_PAGE = "sent a web page instead of the file"
NO_ANSWER = "no answer in time"


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how often to try a mirror that brings nothing new."""

    connect: float = 5.0
    reach_any: float = 12.0
    stall: float = 20.0
    attempts: int = 4
    backoff: float = 0.5


PATIENCE = Patience()


class _RefusedError(Exception):
    """The mirror cannot provide the file."""


class _BrokenError(Exception):
    """The transfer broke off; another attempt may resume it."""


class _UnreachableError(_BrokenError):
    """No connection was made."""


def fetch(file: RemoteFile, folder: Path, patience: Patience = PATIENCE) -> Path:
    """Return the path of `file` in `folder`; download it unless its size and SHA-256 are correct.

    Raises Offline if no mirror can be reached (noticed within `patience.reach_any` seconds), and
    UserError if every mirror fails, with each one's reason, or if the disk cannot be written. What
    was received is then kept for the next call.
    """
    path = Path(folder) / file.name
    try:
        if file.is_at(path):
            return path
        with locked(path):
            if not file.is_at(path):
                _download(file, path, patience)
    except OSError as error:
        raise UserError(
            f"cannot write {display(path)}: {error.strerror or error}; make room or choose "
            "another folder (WORK_DIR), then run again: what was received is kept"
        ) from error
    return path


def _download(file: RemoteFile, path: Path, patience: Patience) -> None:
    """Fill `path` from the first mirror that can; raises OSError only for the disk."""
    existing = f" (the existing {file.name} there is another file)" if path.exists() else ""
    by_hand = (
        f"run again, or download {file.urls[0]} by hand and put it into "
        f"{display(path.parent)}{existing}"
    )
    reasons, is_reached = {}, False
    with PartialFile(path.with_name(f"{file.name}.part"), file) as part:
        if part.is_correct():
            return part.rename(path)
        for url, error in _probed(file.urls, patience):
            if error:
                reasons[url] = error
                continue
            is_reached = True
            try:
                _complete(part, url, patience)
                return part.rename(path)
            except _RefusedError as refusal:
                reasons[url] = str(refusal)
    if is_reached:
        listed = "; ".join(f"{urlsplit(url).hostname}: {why}" for url, why in reasons.items())
        raise UserError(f"cannot download {file.name} ({listed}); {by_hand}")
    listed = "; ".join(dict.fromkeys(reasons.values()))
    raise Offline(f"no mirror of {file.name} can be reached ({listed}); {by_hand}")


def _probed(urls: tuple[str, ...], patience: Patience) -> Iterator[tuple[str, str | None]]:
    """Yield each URL and why no connection to it, or to the proxy in between, is made, or None.

    All are probed at once, so that being offline is noticed soon; in threads, because the lookup of
    a name has no timeout; in daemons, so that they never delay the program's exit.
    """
    errors: dict[str, str | None] = dict.fromkeys(urls, NO_ANSWER)

    def probe(url: str) -> None:
        error = None
        try:
            _request(url, patience.connect, method="HEAD").close()
        except _UnreachableError as unreachable:
            error = str(unreachable)
        except (_RefusedError, _BrokenError):
            pass  # it was reached, and the transfer itself will show what is wrong
        errors[url] = error

    deadline = time.monotonic() + patience.reach_any
    probes = [(url, threading.Thread(target=probe, args=(url,), daemon=True)) for url in urls]
    for _, thread in probes:
        thread.start()
    for url, thread in probes:
        thread.join(max(0.0, deadline - time.monotonic()))
        yield url, errors[url]


def _complete(part: PartialFile, url: str, patience: Patience) -> None:
    """Complete `part` from one mirror, resuming as long as attempts bring something new.

    Raises _RefusedError, with the reason, if this mirror cannot provide the file.
    """
    failures = 0
    furthest, inherited = part.position, part.position > 0
    while not part.is_correct():
        # Bytes from another mirror or an earlier start may be the wrong ones: retry without them.
        if part.is_full:
            part.restart()
            if not inherited:
                raise _RefusedError("sent other bytes than the published ones (SHA-256 differs)")
            inherited = False
        try:
            with _request(url, patience.stall, part.position) as response:
                _receive(response, part)
        except _BrokenError as error:
            failures = 0 if part.position >= furthest + PROGRESS_BYTES else failures + 1
            furthest = max(furthest, part.position)
            if failures == patience.attempts:
                raise _RefusedError(str(error)) from error
            time.sleep(patience.backoff * 2**failures)


def _request(
    url: str, seconds: float, start: int = 0, method: str = "GET"
) -> http.client.HTTPResponse:
    """Request the bytes from `start` on, or all if the mirror cannot send such a range.

    It waits at most `seconds` for each step.
    """
    headers = {"User-Agent": "generative-models-reproduction"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers, method=method)
    try:
        # An opener of its own, because urlopen keeps the proxies of its first call.
        return urllib.request.build_opener().open(request, timeout=seconds)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and start:
            return _request(url, seconds)
        reason = f"HTTP {error.code} {error.reason}".strip()
        raise (_BrokenError if error.code in TEMPORARY_STATUS else _RefusedError)(reason) from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise _RefusedError(_one_line(error.reason)) from error
        raise _UnreachableError(_one_line(error.reason)) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _BrokenError(_one_line(error)) from error


def _receive(response: http.client.HTTPResponse, part: PartialFile) -> None:
    """Append the body to `part`; restart `part` if the mirror sends the file from its first byte.

    Raises _RefusedError for a body that cannot be the file, _BrokenError if the body ends early.
    """
    size = part.expected.size
    start = part.position if response.status == 206 else 0
    _check_headers(response, start, size)
    chunk = _read(response, size - start)
    if chunk and start == 0:
        if chunk.lstrip().lower().startswith(HTML_OPENINGS):
            raise _RefusedError(WEB_PAGE)
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
        raise _RefusedError(WEB_PAGE)
    length = response.headers.get("Content-Length")
    if length is not None and length.strip() != str(size - start):
        raise _RefusedError(f"announced {length} bytes instead of {size - start}")
    sent = response.headers.get("Content-Range", "").strip()
    expected = [f"bytes {start}-{size - 1}/{total}" for total in (size, "*")]
    if response.status == 206 and sent not in expected:
        raise _RefusedError(f"sent the range {sent!r} when the bytes from {start} were requested")


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    """Return the next bytes as soon as there are any; b"" at the end or after `limit` bytes."""
    try:
        return response.read1(min(CHUNK_BYTES, limit)) if limit else b""
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _BrokenError(_one_line(error)) from error


def _one_line(error: BaseException | str) -> str:
    """Return in one line what went wrong."""
    if isinstance(error, TimeoutError):
        return NO_ANSWER
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())
