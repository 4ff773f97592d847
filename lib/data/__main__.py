"""`python -m lib.data [NAME=VALUE ...] [experiment ...]`: prepare the faces and digits, once."""

import sys
from collections.abc import Sequence

from lib.config import request
from lib.data.requested import used
from lib.system.errors import command


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Prepare the data of the named experiments, or of all, in the mode that DATA requests."""
    goals = [argument for argument in arguments if "=" not in argument]
    requested = request.parse([argument for argument in arguments if "=" in argument])
    for module, given in used(requested, request.planned(requested, goals)):
        facts = module.prepare(requested.data, given)
        if not module.KIND.is_original(facts):
            hint = "" if given else f"; for {module.KIND.original}: DATA=real"
            told = f"{module.KIND.name}: {facts['name']}"
            print(f"{told}; numbers do not compare with published ones{hint}")


if __name__ == "__main__":
    main()
