"""Evaluates an unfinished run: python -m lib.training.unfinished gan_128 PROFILE=paper SEEDS=0 ...

The arguments are those of an experiment's command, with its name first, and VARIANT=published, for
example. The run itself is only read: it may be resumed later, or be training.

unfinished/ in the run directory
  history.jsonl   the epochs so far
  samples.npz     arrays as after the last epoch
  result.json     as of a finished run, but without `weights_sha256`
"""

import sys
from collections.abc import Sequence

from lib.config import request
from lib.runs import directories, plan
from lib.system import files, runtime  # noqa: F401 - the latter sets up TensorFlow
from lib.system.errors import UserError, command
from lib.system.paths import display
from lib.training import saving
from lib.training.loop import new_trainer


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Evaluate the run that the arguments name by its newest checkpoint, and write the result."""
    if not arguments:
        raise UserError("name an experiment: python -m lib.training.unfinished gan_128 SEEDS=0")
    experiment, *settings = arguments
    requested, variants = request.parse_with_variants(settings)
    for planned in request.planned(requested, [experiment], variants):
        folder = planned.key.path
        if not plan.fits(folder, plan.spec(planned, requested.threads)):
            raise UserError(
                f"{display(folder)} is no run of these settings and data and of this code; "
                "train it first"
            )
        training = new_trainer(planned, requested.threads)
        history = saving.restore(training, folder)
        if not history:
            raise UserError(f"{display(folder)} has no checkpoint; train it first")
        evaluation = training.evaluation(history)
        result_file = folder / directories.UNFINISHED / "result.json"
        result_file.unlink(missing_ok=True)  # written last: with it, the rest is complete
        result = saving.write_evaluation(training, result_file.parent, history, evaluation)
        files.write_json(result_file, result)


if __name__ == "__main__":
    main()
