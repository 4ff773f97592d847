"""Child processes that get the signals of this one, so that each can save and say how to resume."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence

# What ends this process, and what the children get for it. Trainings handle the first two only.
_FORWARDED = {
    signal.SIGINT: signal.SIGINT,
    signal.SIGTERM: signal.SIGTERM,
    signal.SIGHUP: signal.SIGTERM,
    signal.SIGQUIT: signal.SIGTERM,
}


class Children:
    """Processes that were started here and run, each in a process group of its own.

    In a group of its own a child gets Ctrl-C once, from here, and not from the terminal as well.
    """

    def __init__(self) -> None:
        self.received: int | None = None  # the signal that ends this process
        self._running: set[subprocess.Popen] = set()

    def start(self, command: Sequence[str], **options: object) -> subprocess.Popen:
        """Start a child without standard input; `options` are those of Popen."""
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **options)
        self._running.add(child)
        if self.received:
            self._send(_FORWARDED[self.received])
        return child

    def wait(self, child: subprocess.Popen) -> int:
        """Wait until `child` has ended; return its exit status."""
        status = child.wait()
        self._running.discard(child)
        return status

    @contextlib.contextmanager
    def forwarding(self) -> Iterator[None]:
        """Forward signals that end or pause this process while the block runs.

        If one came that ends it, raises SystemExit with its status when the block has ended.
        """
        # What is ignored, as Ctrl-C by a shell's background jobs, stays ignored.
        ending = [each for each in _FORWARDED if signal.getsignal(each) is not signal.SIG_IGN]
        before = {each: signal.signal(each, self._end) for each in ending}
        before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self._pause)
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
        if self.received:
            raise SystemExit(128 + self.received)

    def _end(self, number: int, _: object) -> None:
        # Later signals, such as that of a terminal that closes, would interrupt the saving. Only a
        # second Ctrl-C means to.
        if not self.received or number == signal.SIGINT:
            self._send(_FORWARDED[number])
        self.received = self.received or number

    def _pause(self, *_: object) -> None:
        self._send(signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGSTOP)
        self._send(signal.SIGCONT)

    def _send(self, number: int) -> None:
        for child in list(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, number)


def call(command: Sequence[str]) -> None:
    """Run a program to its end. Raises SystemExit with its status, unless that is 0."""
    children = Children()
    with children.forwarding():
        status = children.wait(children.start(command))
    if status:
        raise SystemExit(status if status > 0 else 128 - status)
