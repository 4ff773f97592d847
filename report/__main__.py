"""Build the report: python -m report PROFILE=quick "SEEDS=0 1" [ALLOW_MISSING=1]."""

import sys
from collections.abc import Sequence

from figures import FOLDER
from lib.config import request
from lib.runs import plan
from lib.system.errors import UserError, command
from lib.system.paths import BUILD, display
from report import loss_bounds
from report.content import Content
from report.rendering import write_reports


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Write report.html, report.pdf and claims.json into the build folder."""
    requested = request.parse(arguments)
    content = Content(requested, plan.load_runs(requested))
    for figure in content.every_figure():
        if not content.lacking(figure.needs) and not (FOLDER / figure.file_name).exists():
            raise UserError(f"{display(FOLDER)} has no {figure.file_name}; run: make figures")
    fraction = content.setting("text2image", "validation_fraction")
    write_reports(content, loss_bounds.of_prepared_digits(fraction), BUILD)


if __name__ == "__main__":
    main()
