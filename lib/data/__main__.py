"""`python -m lib.data [NAME=VALUE ...] [experiment ...]`: prepare the faces and digits, once."""

import sys
from collections.abc import Sequence

from lib.config import request
from lib.data import digits, faces
from lib.system.errors import command

_MODULES = {"faces": faces, "digits": digits}


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Prepare what the named experiments, or all, read, in the mode that DATA asks for."""
    goals = [word for word in words if "=" not in word]
    asked = request.parse([word for word in words if "=" in word])
    planned = request.planned(asked, goals)
    used = {name for run in planned for name in run.settings.uses}
    given = {"faces": asked.faces, "digits": asked.digits}
    for name in sorted(used):
        module = _MODULES[name]
        facts = module.prepare(asked.data, given[name])
        if not module.KIND.is_original(facts):
            way_back = "" if given[name] else f"; for {module.KIND.original}: DATA=real"
            print(f"{name}: {facts['name']}; numbers do not compare with published ones{way_back}")


if __name__ == "__main__":
    main()
