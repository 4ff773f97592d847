"""What a prepared folder holds and how it came to be, in `provenance.json` beside the data."""

import datetime
import json
import platform
from pathlib import Path

from lib.system.files import write_json

FILE = "provenance.json"
# The packages that decide the prepared bytes, by the name they are installed under.
PACKAGES = {"numpy": "numpy", "opencv": "opencv-python-headless", "pillow": "pillow"}


def record(folder: Path, **facts: object) -> None:
    """Write `facts` (JSON values), the versions of what made them and the time (UTC) into `folder`.

    Raises UserError where the folder cannot be written.
    """
    versions = {"python": platform.python_version()}
    versions |= {name: _version(package) for name, package in PACKAGES.items()}
    made = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    write_json(Path(folder) / FILE, {**facts, "versions": versions, "made": made})


def read(folder: Path) -> dict | None:
    """Return what `record` wrote into `folder`, None where it is missing or unreadable."""
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
