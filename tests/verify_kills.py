"""SIGKILL at random moments of a training, which is then resumed to its end."""

import collections
import dataclasses
import os
import re
import signal
import time

# What a kill can aim at, in the order of a training.
FIRST, START, EPOCH, CHECKPOINT, END = (
    "before the first checkpoint",
    "starting up",
    "in an epoch",
    "writing a checkpoint",
    "after the last epoch",
)


@dataclasses.dataclass(frozen=True)
class Pace:
    """Seconds of an uninterrupted run to its first checkpoint, for an epoch, and after the last."""

    first: float
    epoch: float
    end: float


@dataclasses.dataclass
class Story:
    """Where kills hit, and what went wrong when the run was resumed."""

    hits: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def epochs_repeated(self):
        """How many epochs were interrupted, and so repeated."""
        return self.hits[EPOCH] + self.hits[CHECKPOINT]


def aims(kills, random):
    """Return what each of `kills` aims at: all in turn, shuffled, END last."""
    if kills < 4:
        return [EPOCH, CHECKPOINT, START][:kills]
    middle = [(EPOCH, CHECKPOINT, START)[k % 3] for k in range(kills - 2)]
    return [FIRST, *random.permutation(middle), END]


def kill_and_go_on(place, aimed, pace, random, epochs, seed=0):
    """Train at `place`, killed once for each aim, then to the end; return the story."""
    story = Story()
    log = place.folder / "messages"
    for aim in aimed:
        before, partial = epochs_done(place, seed), partials(place, seed)
        with open(log, "w", encoding="utf-8") as messages:
            process = place.start(seed=seed, stderr=messages)
        _wait_for(aim, process, place, pace, random, epochs, seed)
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            story.problems.append(
                f"ended before the kill: {log.read_text(encoding='utf-8')[-500:]}"
            )
            break
        text = log.read_text(encoding="utf-8")
        _check_resumed(story, text, before)
        is_torn = bool(partials(place, seed) - partial)
        story.hits[_hit(text, before, epochs_done(place, seed), is_torn, epochs)] += 1
    before = epochs_done(place, seed)
    text = place.train(seed=seed)
    _check_resumed(story, text, before)
    if before and not re.search("resuming after epoch|already done", text):
        story.problems.append(f"started again although epoch {before} was finished")
    return story


def epochs_done(place, seed=0):
    """Return the epoch of the newest checkpoint, 0 if there is none."""
    return max((int(name[6:11]) for name in _states(place, seed) if name[0] == "e"), default=0)


def partials(place, seed=0):
    """Return the names of unfinished checkpoints."""
    return {name for name in _states(place, seed) if name[0] == "."}


def _states(place, seed):
    try:
        return os.listdir(place.run(seed) / "checkpoint")
    except FileNotFoundError:
        return []


def _wait_for(aim, process, place, pace, random, epochs, seed):
    """Wait for a random moment of the aim, or until the process has ended."""

    def until(condition, pause=0.003):
        while process.poll() is None and not condition():
            time.sleep(pause)

    done = epochs_done(place, seed)
    if done == epochs and aim in (EPOCH, CHECKPOINT):
        aim = START
    if aim in (FIRST, START):
        time.sleep(random.uniform(0, 0.8) * pace.first)
    elif aim == END:
        until(lambda: epochs_done(place, seed) == epochs)
        time.sleep(random.uniform(0, 0.7) * pace.end)
    else:
        wanted = min(done + int(random.integers(1, 3)), epochs - 1)
        until(lambda: epochs_done(place, seed) >= wanted)
        if aim == EPOCH:
            time.sleep(random.uniform(0, 1) * pace.epoch)
        else:
            known = partials(place, seed)
            until(lambda: partials(place, seed) - known, pause=0.0003)


def _check_resumed(story, messages, before):
    found = re.search(r"resuming after epoch (\d+)", messages)
    if found and int(found[1]) != before:
        story.problems.append(f"resumed after epoch {found[1]}, not {before}")


def _hit(messages, before, after, is_torn, epochs):
    if is_torn:
        return CHECKPOINT
    if not after:
        return FIRST
    if before and "resuming after epoch" not in messages:
        return START
    return END if after == epochs else EPOCH
