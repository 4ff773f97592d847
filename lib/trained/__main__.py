"""`python -m lib.trained <command> NAME=VALUE ...`: uses a trained model, see `commands`."""

import sys
from collections.abc import Sequence

from lib import trained
from lib.config.experiments import experiments, find
from lib.system.errors import UserError, command
from lib.trained.options import parse


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Run one command, and print its result."""
    name, *given = arguments
    options = parse(given)
    experiment = find(options.model)
    possible = (*experiments()[experiment].settings.targets, "export")
    if name not in possible:
        target = experiment.replace("_", "-")
        raise UserError(
            f"make {name} cannot use {target}; it can be used by: {', '.join(possible)}"
        )
    model = trained.load(
        options.model, options.profile, options.run_seed, options.variant, options.recorded
    )
    from lib.trained.commands import COMMANDS  # after TensorFlow is set up

    print(f"model: {model.source}")
    for line in COMMANDS[name](model, options):
        print(line)


if __name__ == "__main__":
    main()
