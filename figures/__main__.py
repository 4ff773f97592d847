"""Draw every figure: python -m figures PROFILE=quick "SEEDS=0 1" [ALLOW_MISSING=1]."""

import sys
from collections.abc import Sequence

from figures import FOLDER, Runs, all_figures, missing, save
from lib.config import request
from lib.runs import plan
from lib.system.errors import command
from lib.system.paths import display


def draw_all(runs: Runs, seeds: Sequence[int]) -> None:
    """Draw each figure whose runs are done, and remove earlier files of the others."""
    for figure in all_figures():
        if missing(figure.needs, runs, seeds):
            (FOLDER / figure.file_name).unlink(missing_ok=True)
        else:
            save(figure, runs, FOLDER / figure.file_name)


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Draw the figures into the build folder."""
    requested = request.parse(arguments)
    draw_all(plan.load_runs(requested), requested.seeds)
    print(f"{display(FOLDER)}: {sum(1 for _ in FOLDER.glob('*.[sp][vn]g'))} figures")


if __name__ == "__main__":
    main()
