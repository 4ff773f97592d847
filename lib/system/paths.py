"""Where everything lies; the environment variable WORK_DIR moves all that is made elsewhere."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# As in the shell, `~nobody` is a folder of that name where there is no such user.
WORK = Path(os.path.expanduser(os.environ.get("WORK_DIR") or REPOSITORY)).absolute()
DATA = WORK / "data"
RUNS = WORK / "runs"
BUILD = WORK / "build"


def display(path: Path) -> str:
    """Return `path` as a person at the repository's root would type it, whatever WORK_DIR is."""
    path = Path(path)
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)
