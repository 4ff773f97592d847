"""Where everything lies; the environment variable WORK_DIR moves all that is generated."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# As in the shell, `~nobody` is a folder of that name if there is no such user.
# Without symbolic links, because the same path is mounted in a container.
WORK = Path(os.path.realpath(os.path.expanduser(os.environ.get("WORK_DIR") or REPOSITORY)))
DATA = WORK / "data"
RUNS = WORK / "runs"
BUILD = WORK / "build"


def display(path: Path) -> str:
    """Return `path` as one would type it in the repository's root, whatever WORK_DIR is."""
    path = Path(path)
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)
