"""Builds the report of recorded runs: python -m report.recorded [PROFILE=paper].

It needs no training, no data and no network.
"""

import shutil
import sys
from collections.abc import Sequence

from lib.config import request
from lib.system.errors import UserError, command
from lib.system.paths import BUILD
from report.content import FULL_PROFILE
from report.reference import record, recorded_content
from report.rendering import write_reports

FOLDER = BUILD / "recorded"


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Draw the figures of the recorded runs, and write report.html and report.pdf."""
    profile = request.parse([f"PROFILE={FULL_PROFILE}", *arguments]).profile
    content = recorded_content.load(profile)
    if not content.runs:
        raise UserError(f"no run of the {profile} profile is recorded; leave out PROFILE={profile}")
    figures_folder = FOLDER / "figures"
    shutil.rmtree(figures_folder, ignore_errors=True)
    content = content.drawn(figures_folder, content.every_figure())
    write_reports(content, record.read_loss_bounds(profile), FOLDER)


if __name__ == "__main__":
    main()
