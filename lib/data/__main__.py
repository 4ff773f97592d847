"""`python -m lib.data [NAME=VALUE ...] [experiment ...]`: prepare the faces and digits, once."""

import sys
from collections.abc import Sequence

from lib.config import request
from lib.data import digits, faces
from lib.system.errors import command

_MODULES = {"faces": faces, "digits": digits}


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Prepare the data of the named experiments, or of all, in the mode that DATA requests."""
    goals = [argument for argument in arguments if "=" not in argument]
    requested = request.parse([argument for argument in arguments if "=" in argument])
    planned = request.planned(requested, goals)
    used = {name for run in planned for name in run.settings.uses}
    given = {"faces": requested.faces, "digits": requested.digits}
    for name in sorted(used):
        module = _MODULES[name]
        facts = module.prepare(requested.data, given[name])
        if not module.KIND.is_original(facts):
            hint = "" if given[name] else f"; for {module.KIND.original}: DATA=real"
            print(f"{name}: {facts['name']}; numbers do not compare with published ones{hint}")


if __name__ == "__main__":
    main()
