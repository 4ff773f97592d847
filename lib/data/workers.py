"""Process many items in several processes, with the results in order."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from lib.system.errors import UserError


def in_processes(
    work: Callable[[Sequence], Sequence], batches: Iterable[Sequence], expected: int
) -> Iterator[object]:
    """Yield, one by one and in order, what `work` returns for each of the `batches`.

    One process per processor works a few batches ahead; if too few batches are `expected` for two
    processes, this process does the work. `work` and the batches are pickled. Raises UserError if a
    process dies.
    """
    workers = min(len(os.sched_getaffinity(0)), expected // 2)
    if workers < 2:
        for batch in batches:
            yield from work(batch)
        return
    # Processes, because small steps hold Python's global lock; spawned, because a fork would
    # inherit the locks of other threads.
    spawn = multiprocessing.get_context("spawn")
    pending: deque[Future] = deque()
    with ProcessPoolExecutor(workers, spawn, initializer=_end_with_parent) as pool:
        try:
            for batch in batches:
                pending.append(pool.submit(work, batch))
                if len(pending) > 2 * workers:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()
        except BrokenProcessPool as error:
            raise UserError(
                "a worker process that prepares data died, probably out of memory; "
                "free some memory and run the command again"
            ) from error


def _end_with_parent() -> None:
    """Ignore Ctrl-C, which the parent process handles, and end when the parent is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
