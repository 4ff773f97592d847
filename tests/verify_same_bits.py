"""Trains every experiment twice, in two processes: both must end with the same bits.

`python -m tests.verify_same_bits [experiment ...]`; `make verify-same-bits` checks all, on the
prepared data. Each training has the published settings and takes at least 20 steps of one epoch.
"""

import argparse
import concurrent.futures
import os
import sys
import tempfile
from pathlib import Path

from lib.system import paths
from tests.workplace import Workplace, differences

STEPS = 20
_VAE = (f"IMAGE_COUNT={16 * STEPS}",)
_GAN = (f"STEPS_PER_EPOCH={STEPS}", "IMAGE_COUNT=200")
# Representative variants of each experiment, and the settings that shorten the epoch.
CASES = {
    "cae": (("published",), (f"IMAGE_COUNT={64 * STEPS}",)),
    **{name: (("published",), _VAE) for name in ("vae_32", "vae_64", "vae_128", "vae_64_wide")},
    **{
        name: (("published",), _GAN) for name in ("gan_64", "gan_128", "gan_256", "gan_first_epoch")
    },
    "text2text": (("train-95",), ("QUERY_COUNT=800",)),
    "image2text": (("flatten", "convlstm"), ("QUERY_COUNT=1600",)),
    "text2image": (("1-1-512", "3-2-256"), ("QUERY_COUNT=3200",)),
    "vae_ablation": (("mean-64",), _VAE),
    "gan_ablation": (("separate-optimizers",), _GAN),
    "vae_corrected": (("corrected",), _VAE),
    "gan_corrected": (("corrected",), _GAN),
    "digit_classifier": (("corrected",), (f"DIGIT_COUNT={128 * STEPS}",)),
    "text2text_corrected": (("train-05",), ()),
    "image2text_ablation": (("flatten-rescaled-once",), ("QUERY_COUNT=1600",)),
    "image2text_corrected": (("corrected",), ("QUERY_COUNT=1600",)),
    "text2image_ablation": (("random-validation",), ("QUERY_COUNT=3200",)),
    "text2image_corrected": (("corrected",), ("QUERY_COUNT=2560",)),
}


def different(work, experiment, variant, arguments):
    """Train twice in `work`, one after the other; return the weights' digest and what differs."""
    numbers = []
    for copy in ("one", "other"):
        folder = work / experiment / variant / copy
        folder.mkdir(parents=True)
        (folder / "data").symlink_to(paths.DATA)
        place = Workplace(folder, experiment, variant, ("PROFILE=paper", "EPOCHS=1", *arguments))
        place.train()
        numbers.append(place.numbers())
    return numbers[0]["weights_sha256"], differences(*numbers)


def main():
    """Train as many at once as there are cores; the exit status is 1 if any two differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiments", nargs="*", metavar="experiment", help=", ".join(CASES))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="trainings side by side")
    options = parser.parse_args()
    names = options.experiments or list(CASES)
    if unknown := set(names) - set(CASES):
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(CASES)}")
    found = []
    with (
        tempfile.TemporaryDirectory(prefix="verify-same-bits-") as work,
        concurrent.futures.ThreadPoolExecutor(options.jobs) as pool,
    ):
        futures = {
            f"{name}/{variant}": pool.submit(different, Path(work), name, variant, CASES[name][1])
            for name in names
            for variant in CASES[name][0]
        }
        for name, future in futures.items():
            weights, differing = future.result()
            found.append(differing)
            result = f"DIFFERS in {', '.join(differing)}" if differing else f"equal ({weights})"
            print(f"{name}: {result}", flush=True)
    print(f"{found.count([])} of {len(found)} trainings twice equal, after {STEPS} steps or more")
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
