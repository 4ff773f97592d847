"""What a prepared folder holds and how it was prepared: `provenance.json` in that folder."""

import datetime
import json
import platform
from pathlib import Path

from lib.system.files import write_json

FILE = "provenance.json"
# The packages that decide the prepared bytes, and the names they are installed under.
PACKAGES = {"numpy": "numpy", "opencv": "opencv-python-headless", "pillow": "pillow"}


def record(folder: Path, **facts: object) -> None:
    """Write `facts` (JSON values), the versions of Python and PACKAGES, and the time (UTC).

    Raises UserError if the folder cannot be written.
    """
    versions = {"python": platform.python_version()}
    versions |= {name: _version(package) for name, package in PACKAGES.items()}
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    write_json(Path(folder) / FILE, {**facts, "versions": versions, "made": now})


def read(folder: Path) -> dict | None:
    """Return what `record` wrote into `folder`, None if it is missing or unreadable."""
    try:
        facts = json.loads((Path(folder) / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None


def _version(package: str) -> str | None:
    import importlib.metadata  # takes longer than finding that all is prepared

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
