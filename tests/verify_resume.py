"""Kills trainings at random moments: resumed, a run must equal an uninterrupted one, to the bit.

`python -m tests.verify_resume [--kills 20] [experiment ...]`; `make verify-resume` checks all, in a
quarter of an hour on two cores. Batch sizes are the original's, everything else is small. The seed
decides what each kill aims at, and its random waiting time.

With `--negative-control` every training shuffles with a generator that is kept from epoch to epoch,
as is usual; the check must then find that the runs differ.
"""

import argparse
import concurrent.futures
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from lib.data import digits, faces
from tests.verify_kills import (
    CHECKPOINT,
    END,
    EPOCH,
    FIRST,
    START,
    Pace,
    aims,
    epochs_done,
    kill_and_go_on,
)
from tests.workplace import Workplace, differences

NEGATIVE_CONTROL = "tests.verify_unkeyed"
EPOCHS = 32
_IMAGES = 128
_COMMON = ("PROFILE=smoke", f"EPOCHS={EPOCHS}")
_SEQUENCES = (*_COMMON, "COMPILE=false")
# The variant of each experiment, and its settings.
CASES = {
    "vae_32": ("published", (*_COMMON, "BATCH_SIZE=8", f"IMAGE_COUNT={_IMAGES}")),
    "gan_64": (
        "published",
        (*_COMMON, "BATCH_SIZE=64", f"IMAGE_COUNT={_IMAGES}", "STEPS_PER_EPOCH=6"),
    ),
    "text2text": ("train-05", (*_SEQUENCES, "BATCH_SIZE=32", "QUERY_COUNT=6400")),
    "image2text": ("flatten", (*_SEQUENCES, "BATCH_SIZE=64", "QUERY_COUNT=1600")),
    "text2image": (
        "1-1-512",
        (*_SEQUENCES, "BATCH_SIZE=128", "QUERY_COUNT=2560", f"STOP_PATIENCE={EPOCHS}"),
    ),
}


def _uninterrupted(place):
    """Train without interruption; return the pace."""
    began = time.monotonic()
    log = place.folder / "messages"
    with open(log, "w", encoding="utf-8") as messages:
        process = place.start(stderr=messages)
    seen = {}
    while process.poll() is None:
        done = epochs_done(place)
        for name, reached in (("first", done), ("last", done == EPOCHS)):
            if reached:
                seen.setdefault(name, time.monotonic())
        time.sleep(0.005)
    ended = time.monotonic()
    if process.returncode:
        raise SystemExit(log.read_text(encoding="utf-8"))
    return Pace(
        first=seen["first"] - began,
        epoch=(seen["last"] - seen["first"]) / (EPOCHS - 1),
        end=ended - seen["last"],
    )


def verified(experiment, kills, seed, work, launcher=None):
    """Return the story of an experiment that is killed, and in what its run differs in the end."""
    variant, arguments = CASES[experiment]
    places = []
    for name in ("uninterrupted", "killed"):
        folder = work / experiment / name
        folder.mkdir(parents=True)
        (folder / "data").symlink_to(work / "data")
        places.append(Workplace(folder, experiment, variant, arguments, launcher))
    uninterrupted, killed = places
    pace = _uninterrupted(uninterrupted)
    random = np.random.default_rng([seed, list(CASES).index(experiment)])
    story = kill_and_go_on(killed, aims(kills, random), pace, random, EPOCHS)
    return story, differences(uninterrupted.numbers(), killed.numbers())


def line(experiment, story, different):
    """Return the line that reports an experiment."""
    hits = ", ".join(
        f"{story.hits[name]} {name}" for name in (FIRST, START, EPOCH, CHECKPOINT, END)
    )
    result = f"DIFFERS in {', '.join(different)}" if different else "equal"
    return "; ".join(
        [
            f"{experiment}: {story.hits.total()} kills ({hits})",
            f"{story.epochs_repeated} epochs repeated",
            *story.problems,
            result,
        ]
    )


def main():
    """Verify the experiments side by side; the exit status is 1 if one is not as expected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiments", nargs="*", metavar="experiment", help=", ".join(CASES))
    parser.add_argument("--kills", type=int, default=20, help="of each training (default: 20)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments (default: 0)")
    parser.add_argument("--negative-control", action="store_true", help="they must differ")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="experiments side by side")
    options = parser.parse_args()
    names = options.experiments or list(CASES)
    if unknown := set(names) - set(CASES):
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(CASES)}")
    launcher = NEGATIVE_CONTROL if options.negative_control else None
    expected = total = 0
    with (
        tempfile.TemporaryDirectory(prefix="verify-resume-") as work,
        concurrent.futures.ThreadPoolExecutor(options.jobs) as pool,
    ):
        faces.prepare("builtin", None, Path(work) / "data" / "faces", limit=_IMAGES)
        digits.prepare("builtin", None, Path(work) / "data" / "digits")
        futures = {
            name: pool.submit(verified, name, options.kills, options.seed, Path(work), launcher)
            for name in names
        }
        for name, future in futures.items():
            story, different = future.result()
            print(line(name, story, different), flush=True)
            total += story.hits.total()
            is_whole = story.hits.total() == options.kills and not story.problems
            expected += is_whole and bool(different) == options.negative_control
    expected_result = (
        "differ, as they must" if options.negative_control else "equal the uninterrupted run"
    )
    print(f"{expected} of {len(names)} {expected_result}, after {total} kills")
    return 0 if expected == len(names) else 1


if __name__ == "__main__":
    sys.exit(main())
