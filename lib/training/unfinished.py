"""Evaluate a run after as many epochs as it has: python -m lib.training.unfinished <words>.

The words are those of an experiment's command, with its name first: gan_128 PROFILE=paper SEEDS=0
VARIANT=published. The run itself is only read, and can be resumed later, or be under way.

unfinished/ in the run directory
  history.jsonl   the epochs so far
  samples.npz     arrays as after the last epoch
  result.json     as of a finished run, but without `weights_sha256`
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lib.config import request
from lib.config.request import Planned
from lib.runs import checkpoints, directories
from lib.system import files, runtime
from lib.system.errors import UserError, command
from lib.system.paths import display
from lib.training.trainer import trainer_class

FOLDER = "unfinished"


def evaluate(planned: Planned, threads: int) -> None:
    """Write what the model of the newest checkpoint gives.

    Raises UserError if there is no checkpoint.
    """
    folder = planned.key.path
    found = checkpoints.load(folder / "checkpoint")
    if found is None:
        raise UserError(f"{display(folder)} has no checkpoint; train it first")
    arrays, facts = found
    kind = trainer_class(planned.settings)
    runtime.start(threads, planned.key.seed, kind.in_micro_batches)
    training = kind(planned.settings, planned.key.seed)
    training.needed = {needed.key.experiment: needed.key.path for needed in planned.needs}
    training.restore(arrays, facts["training"])
    history = facts["history"]
    evaluation = training.evaluation(history)
    _write(folder / FOLDER, history, evaluation)


def _write(folder: Path, history: list[dict], evaluation: object) -> None:
    (folder / "result.json").unlink(missing_ok=True)  # written last: with it, the rest is complete
    with files.replaced(folder / "samples.npz") as temporary:
        np.savez(temporary, **evaluation.samples)
    lines = "".join(json.dumps(epoch) + "\n" for epoch in history)
    files.write_text(folder / "history.jsonl", lines)
    result = {
        "metrics": evaluation.metrics,
        "epochs": len(history),
        **directories.times(history),
        "parameters": sum(layer["parameters"] for layer in evaluation.model),
        "model": evaluation.model,
        **evaluation.facts,
    }
    files.write_json(folder / "result.json", result)


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Evaluate the run that the words name."""
    experiment, *words = words
    variants = [word.removeprefix("VARIANT=") for word in words if word.startswith("VARIANT=")]
    asked = request.parse([word for word in words if not word.startswith("VARIANT=")])
    for planned in request.planned(asked, [experiment], variants):
        evaluate(planned, asked.threads)


if __name__ == "__main__":
    main()
