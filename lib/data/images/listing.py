"""The files in a folder, and in the folders that its links lead to. Without any library."""

import os
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

    def note_failure(error: OSError) -> None:
        name = os.path.relpath(error.filename, folder)
        found.skipped.append((name, "folder that cannot be opened"))

    waiting = [""]
    while waiting:
        begin = waiting.pop(0)
        if begin:
            found.led_to.add(os.path.realpath(folder / begin))
        links = []
        for place, folders, files in os.walk(folder / begin, onerror=note_failure):
            here = os.path.relpath(place, folder)
            stat = os.stat(place)
            if (stat.st_dev, stat.st_ino) in seen:
                found.skipped.append((here, "folder that was read already"))
                folders.clear()
                continue
            seen.add((stat.st_dev, stat.st_ino))
            prefix = "" if here == "." else f"{here}/"
            folders[:] = [name for name in folders if not is_hidden(name)]
            linked = [name for name in folders if os.path.islink(os.path.join(place, name))]
            links += [f"{prefix}{name}" for name in linked]
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
