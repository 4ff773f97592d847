"""The files in a folder, and in the folders that its links lead to. Without any library."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_ENTRIES = 1_000_000
SYSTEM_NAMES = {"__macosx", "thumbs.db", "desktop.ini"}


@dataclass
class Listing:
    """What a folder holds.

    `files` are names relative to the folder, through links too. `skipped` are names of folders that
    are not read, with the reasons. `led_to` are the folders that links lead to.
    """

    files: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    led_to: set[str] = field(default_factory=set)


def printable(name: str) -> str:
    """Return a file's name as text in one line, which any terminal and any file takes."""
    plain = name.encode("utf-8", "backslashreplace").decode()
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in plain)


def is_hidden(name: str) -> bool:
    """Return whether a file or folder of this name is none of the user's."""
    return name.startswith(".") or name.lower() in SYSTEM_NAMES


def listed(folder: Path, limit: int) -> Listing:
    """List a folder, sorted, and stop after `limit` files and one.

    Links to folders are followed after the folder itself is read. No folder is read twice, so that
    loops of links end. Hidden folders are left out.
    """
    found, seen = Listing(), set()
    waiting = [""]
    while waiting:
        begin = waiting.pop(0)
        if begin:
            found.led_to.add(os.path.realpath(folder / begin))
        links = []
        for place, folders, files in _walk(folder / begin, found, folder, seen):
            here = os.path.relpath(place, folder)
            prefix = "" if here == "." else f"{here}/"
            linked = [name for name in folders if os.path.islink(os.path.join(place, name))]
            links += [f"{prefix}{name}" for name in linked if not is_hidden(name)]
            folders[:] = [name for name in folders if not is_hidden(name) and name not in linked]
            for name in files:
                found.files.append(f"{prefix}{name}")
                path = os.path.join(place, name)
                if os.path.islink(path):
                    found.led_to.add(os.path.dirname(os.path.realpath(path)))
            if len(found.files) > limit:
                return found
        waiting += sorted(links)
    found.files.sort()
    return found


def _walk(
    top: Path, found: Listing, folder: Path, seen: set[tuple[int, int]]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Walk a tree as `os.walk` does, without the folders in `seen`, and add those read to it."""

    def note_failure(error: OSError) -> None:
        name = os.path.relpath(error.filename, folder)
        found.skipped.append((name, "folder that cannot be opened"))

    for place, folders, files in os.walk(top, onerror=note_failure):
        stat = os.stat(place)
        if (stat.st_dev, stat.st_ino) in seen:
            name = os.path.relpath(place, folder)
            found.skipped.append((name, "folder that was read already"))
            folders.clear()
            continue
        seen.add((stat.st_dev, stat.st_ino))
        yield place, folders, files
