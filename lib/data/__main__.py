"""`python -m lib.data [NAME=VALUE ...] [experiment ...]`: prepare the faces and digits, once."""

import sys
from collections.abc import Sequence

from lib import request
from lib.data import digits, faces
from lib.errors import command


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Prepare what the named experiments (all where none is named) read, in the mode DATA asks for."""
    goals = [word for word in words if "=" not in word]
    asked = request.parse([word for word in words if "=" in word])
    planned = request.planned(asked, goals)
    used = {name for run in planned for name in run.settings.uses}
    if "faces" in used:
        faces.prepare(asked.data, asked.faces)
    if "digits" in used:
        digits.prepare(asked.data, asked.digits)


if __name__ == "__main__":
    main()
