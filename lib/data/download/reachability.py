"""Whether a connection to a mirror comes about at all, known soon for all mirrors together."""

import queue
import socket
import ssl
import threading
import time
import urllib.request
from urllib.parse import urlsplit

NO_ANSWER = "no answer in time"


class Probe:
    """An attempt to connect to `url` within some seconds, begun at once and aside.

    A thread, because looking up a name knows no timeout; a daemon, so that it never holds the exit.
    """

    def __init__(self, url: str, seconds: float):
        self._answer: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(
            target=lambda: self._answer.put(_obstacle(url, seconds)), daemon=True
        ).start()

    def obstacle(self, deadline: float) -> str | None:
        """Return why no connection came about before `deadline` (of time.monotonic), or None."""
        try:
            return self._answer.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return NO_ANSWER


def in_words(error: BaseException | str) -> str:
    """Return one line that tells a person what went wrong."""
    if isinstance(error, TimeoutError):
        return NO_ANSWER
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())


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
        return in_words(error)
    return None
