"""What a prepared folder holds and how it was prepared: `provenance.json` in that folder."""

import datetime
import json
from pathlib import Path

from lib.system.files import write_json

FILE = "provenance.json"
# What decides the prepared bytes: its name here, and its name in `environment.versions`.
VERSIONS = {
    "python": "python",
    "numpy": "numpy",
    "opencv": "opencv-python-headless",
    "pillow": "pillow",
}


def record(folder: Path, **facts: object) -> None:
    """Write `facts` (JSON values), the versions in VERSIONS, and the time (UTC) into `folder`.

    Raises UserError if the folder cannot be written.
    """
    from lib.system import environment  # not needed to find that all is prepared

    installed = environment.versions()
    versions = {name: installed[package] for name, package in VERSIONS.items()}
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    write_json(folder / FILE, {**facts, "versions": versions, "made": now})


def read(folder: Path) -> dict | None:
    """Return what `record` wrote into `folder`, None if it is missing or unreadable."""
    try:
        facts = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None
