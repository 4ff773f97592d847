"""`make tensorboard`: shows the events of all runs, if TensorBoard is installed."""

import importlib.util
import os
import sys

from lib.system.errors import UserError, command
from lib.system.paths import RUNS, display


@command
def main() -> None:
    """Become TensorBoard, or say how to install it."""
    if importlib.util.find_spec("tensorboard") is None:
        raise UserError(
            "TensorBoard is not installed; run: "
            f"{display(sys.executable)} -m pip install tensorboard"
        )
    os.execv(sys.executable, [sys.executable, "-m", "tensorboard.main", "--logdir", str(RUNS)])


if __name__ == "__main__":
    main()
