"""How numbers, settings, names and records are put into words."""

import re
from collections.abc import Sequence

from lib.settings import Settings


def spread(values: Sequence[float], spec: str) -> str:
    """Return the mean of `values`, and their lowest and highest where these differ in print."""
    mean, lowest, highest = (
        format(value, spec) for value in (sum(values) / len(values), min(values), max(values))
    )
    # The word joiner keeps a range on one line.
    return mean if lowest == highest else f"{mean} ({lowest}–\u2060{highest})"


def called(data: dict) -> str:
    """Return the name of data as plain text, which says so where they are a stand-in."""
    unsaid = data["stand_in"] and "stand-in" not in data["name"]
    return data["name"] + (" (stand-in)" if unsaid else "")


def scale_of(settings: Sequence[Settings]) -> str:
    """Return the numbers of examples and epochs in `settings`, as ranges where they differ."""
    units = {
        "image_count": "images",
        "query_count": "queries",
        "epochs": "epochs",
        "steps_per_epoch": "steps each",
    }
    found = {unit: range_of(settings, field) for field, unit in units.items()}
    return ", ".join(f"{numbers} {unit}" for unit, numbers in found.items() if numbers)


def range_of(settings: Sequence[Settings], field: str) -> str:
    """Return the lowest and highest number of a field, "" where none of `settings` has it."""
    found = sorted({getattr(each, field) for each in settings if hasattr(each, field)})
    return "–".join(dict.fromkeys(f"{number:,}" for number in (*found[:1], *found[-1:])))


def escaped(text: str) -> str:
    """Return `text` so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~^$@\"'-])", r"\\\1", " ".join(str(text).split()))


def setting_word(name: str, value: object) -> str:
    """Return a setting as the NAME=VALUE word that Make takes."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{name.upper()}={text}"


def short_commit(commit: str) -> str:
    """Return the start of a commit's name, and the plus sign of one with changed files."""
    return commit[:12] + ("+" if commit.endswith("+") else "")


def facts_in_words(facts: dict) -> str:
    """Return what a record says as "name value" words; what is empty is left out."""
    texts = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in facts.items()
    }
    return ", ".join(f"{name} {text}" for name, text in texts.items() if text)
