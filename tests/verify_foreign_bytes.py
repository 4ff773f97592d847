"""Damaged bytes, and limits of the time and memory that reading them may take."""

import contextlib
import io
import os
import signal
import struct
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from lib.system.errors import command

# Hypothesis caches what it learns about the source code, by default in the repository.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / f"hypothesis-{os.getuid()}")

# FUZZ_EXAMPLES=100000 tries new examples; without it they are the same every time.
_EXAMPLES = os.environ.get("FUZZ_EXAMPLES")


def examples(count):
    """Return settings that try FUZZ_EXAMPLES examples, by default `count`."""
    return settings(
        max_examples=int(_EXAMPLES or count),
        derandomize=not _EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# Sizes, counts and offsets that often break programs.
_NUMBERS = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
_BYTES = st.one_of(
    st.binary(min_size=1, max_size=8),
    st.builds(struct.pack, st.sampled_from(["<I", ">I"]), st.sampled_from(_NUMBERS)),
    st.builds(
        struct.pack,
        st.sampled_from(["<H", ">H"]),
        st.sampled_from([n for n in _NUMBERS if n < 2**16]),
    ),
    st.just(b"\xff" * 8),
)
# Headers are at the beginning, a zip's directory is at the end.
_PLACES = st.one_of(st.integers(0, 80), st.integers(-300, -1), st.integers(0, 2**16))


def _overwritten(content, at, new):
    return content[:at] + new + content[at + len(new) :]


def _inserted(content, at, new):
    return content[:at] + new + content[at:]


def _without(content, at, new):
    return content[:at] + content[at + len(new) :]


def _cut(content, at, new):
    return content[:at]


def _zeroed(content, at, new):
    return content[:at] + bytes(len(content) - at)


def _repeated(content, at, new):
    return content[:at] + content[max(0, at - 64) :]


_EDITS = st.tuples(
    st.sampled_from([_overwritten] * 5 + [_inserted, _without, _cut, _zeroed, _repeated]),
    _PLACES,
    _BYTES,
)


@st.composite
def damaged(draw, contents):
    """Sample one of `contents` and damage it in up to five places."""
    content = draw(st.sampled_from(contents))
    for edit, place, new in draw(st.lists(_EDITS, max_size=5)):
        content = edit(content, place % max(1, len(content)), new)
    return content


def refusal(action):
    """Run `action` as a command; return its one error message, "" if there is none."""
    messages = io.StringIO()
    with contextlib.redirect_stderr(messages), contextlib.suppress(SystemExit):
        command(lambda: action() and None)()
    errors = [line for line in messages.getvalue().splitlines() if line.startswith("error: ")]
    assert len(errors) <= 1
    assert messages.getvalue().endswith("".join(f"{line}\n" for line in errors))
    return "".join(errors)


@contextlib.contextmanager
def bounded(seconds=20, megabytes=800):
    """Fail if the block takes more CPU time, 20 times as much wall time, or more memory."""

    def interrupt(*_):
        raise AssertionError(f"not finished after {seconds} s")

    before = _memory("VmRSS")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak is now what is used now
    limits = {
        (signal.SIGPROF, signal.ITIMER_PROF): seconds,
        (signal.SIGALRM, signal.ITIMER_REAL): 20 * seconds,  # in case it waits forever
    }
    handlers = [signal.signal(number, interrupt) for number, _ in limits]
    for (_, timer), limit in limits.items():
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for (number, timer), handler in zip(limits, handlers, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)
    assert _memory("VmHWM") - before < megabytes


def _memory(name):
    """Return one of the kernel's records of this process's memory, in megabytes."""
    with open("/proc/self/status") as file:
        (line,) = [line for line in file if line.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024
