"""What the original published: its numbers, its claims, and its suspected defects."""

import functools
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("published.toml")


@functools.cache
def published() -> dict:
    """Return the content of published.toml."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
