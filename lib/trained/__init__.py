"""Trained models in use: load one, and sample, reconstruct, encode or answer with it.

    from lib import trained

    vae = trained.load("vae-32", profile="quick")
    faces = vae.sample(16, seed=1)                   # uint8 (16, 64, 64, 3)
    trained.load("text2text").answer(["46+69"])      # ["115"]

`make generate`, `reconstruct`, `interpolate`, `encode`, `answer` and `export` do the same.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lib.trained.model import TrainedModel


def load(
    name: str,
    profile: str | None = None,
    seed: int = 0,
    variant: str | None = None,
    recorded: bool = False,
) -> "TrainedModel":
    """Return the trained model of an experiment, such as "vae-32".

    It comes from the run directory of that profile, seed and variant: without `profile`, the one
    in which it was trained last; without `variant`, the experiment's first one that is trained. Of
    a run in progress, it is the model of the newest checkpoint. With `recorded`, it has the weights
    that come with the project.

    Models of faces are of `lib.trained.faces`, all others of `lib.trained.arithmetic`.

    Raises UserError, saying what to train, if there is no such model or it cannot be read.
    """
    from lib.system import runtime  # noqa: F401 - sets up TensorFlow
    from lib.trained import loading

    return loading.recorded(name) if recorded else loading.trained(name, profile, seed, variant)
