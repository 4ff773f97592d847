"""The implementations that are compared, one module each.

A module's `prepare(settings)` returns a `PreparedTraining`. `project` also has a `start`, which
sets TensorFlow up. Only the processes that are measured import these modules.

project          the `train_epoch` that the experiments call
keras            plain Keras 2
pytorch          PyTorch, with its models in `pytorch_models`
arrays           what the latter two train on
"""

import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path

from lib.system.paths import REPOSITORY

IMPLEMENTATIONS = ("project", "keras", "pytorch")


@dataclasses.dataclass(frozen=True)
class PreparedTraining:
    """A training that is ready to start.

    `train_epoch` trains on `examples` examples, and evaluates the validation split if there is one.
    `flops` are the floating-point operations of a training step for one example, 0 if unknown.
    """

    train_epoch: Callable[[], object]
    examples: int
    parameters: int
    flops: int = 0


def interpreter(implementation: str) -> str | None:
    """Return the Python that an implementation runs in, None if it is not installed.

    PyTorch has an environment of its own, from `make bench-setup`, or the Python that
    BENCH_PYTHON_TORCH names.
    """
    if implementation != "pytorch":
        return sys.executable
    installed = REPOSITORY / ".venv-bench" / "bin" / "python"
    path = Path(os.environ.get("BENCH_PYTHON_TORCH") or installed)
    return str(path) if path.exists() else None
