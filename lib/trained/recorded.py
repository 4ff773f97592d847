"""Weights that come with the project, of models trained at full scale: recorded/weights/.

A file holds the networks that use of the model needs: each network's architecture, as Keras writes
it, and its weights, rounded to 16 bits.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tf_keras

from lib.config.base import Settings
from lib.config.experiments import experiments
from lib.system import files
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY, display

FOLDER = REPOSITORY / "recorded" / "weights"
LARGEST = 1_000_000  # bytes of a file
_ONLY_FOR_TRAINING = ("discriminator", "auxiliary_classifier")


def read(experiment: str) -> tuple[dict[str, tf_keras.Model], Settings, str]:
    """Return the recorded networks of an experiment by name, its settings, and the file.

    Raises UserError if there are none or they cannot be read.
    """
    path = FOLDER / f"{experiment}.npz"
    if not path.exists():
        known = ", ".join(each.stem.replace("_", "-") for each in sorted(FOLDER.glob("*.npz")))
        raise UserError(
            f"no weights of {experiment.replace('_', '-')} are recorded; there are: "
            f"{known or 'none'}"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        facts = json.loads(str(arrays.pop("facts")))
        kind = type(experiments()[experiment].settings)
        settings = kind(**facts["settings"])
        networks = {
            name: _network(architecture, name, arrays)
            for name, architecture in facts["architectures"].items()
        }
    except Exception as error:  # what numpy, zipfile and Keras raise on foreign bytes has no end
        raise UserError(
            f"{display(path)} cannot be read ({type(error).__name__}); restore it: "
            f"git checkout {display(path)}"
        ) from error
    return networks, settings, display(path)


def _network(architecture: str, name: str, arrays: Mapping[str, np.ndarray]) -> tf_keras.Model:
    network = tf_keras.models.model_from_json(architecture)
    weights = [arrays[f"{name}-{k}"] for k in range(len(network.weights))]
    network.set_weights([each.astype(np.float32) for each in weights])
    return network


def write(
    experiment: str, networks: Mapping[str, tf_keras.Model], settings: Mapping[str, object]
) -> Path | str:
    """Record the weights of networks of stock layers; return the file.

    If the file would be too large, nothing is written, and the reason is returned.
    """
    used = {name: each for name, each in networks.items() if name not in _ONLY_FOR_TRAINING}
    architectures = {name: network.to_json() for name, network in used.items()}
    facts = {"settings": dict(settings), "architectures": architectures}
    arrays = {
        f"{name}-{k}": weight.astype(np.float16)
        for name, network in used.items()
        for k, weight in enumerate(network.get_weights())
    }
    path = FOLDER / f"{experiment}.npz"
    with files.replaced(path) as temporary:
        np.savez_compressed(temporary, facts=np.array(json.dumps(facts)), **arrays)
    size = path.stat().st_size
    if size > LARGEST:
        path.unlink()
        return f"{experiment}: {size / 1e6:.2f} MB, more than {LARGEST / 1e6:g} MB"
    return path
