"""Weights that come with the project, of models trained at full scale.

recorded/weights/<experiment>/
  settings.json         the settings of the run
  <network>.json        a network's architecture, as Keras writes it
  <network>.1.npy ...   its weights one after the other, rounded to 16 bits, in parts below 1 MB
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
PART = 400_000  # weights in a file
_SETTINGS = "settings"
_ONLY_FOR_TRAINING = ("discriminator", "auxiliary_classifier")


def read(experiment: str) -> tuple[dict[str, tf_keras.Model], Settings, str]:
    """Return the recorded networks of an experiment by name, its settings, and the folder.

    Raises UserError if there are none or they cannot be read.
    """
    folder = FOLDER / experiment
    if not folder.is_dir():
        known = ", ".join(each.name.replace("_", "-") for each in sorted(FOLDER.glob("*")))
        raise UserError(
            f"no weights of {experiment.replace('_', '-')} are recorded; there are: "
            f"{known or 'none'}"
        )
    try:
        kind = type(experiments()[experiment].settings)
        settings = kind(**json.loads((folder / f"{_SETTINGS}.json").read_text(encoding="utf-8")))
        names = sorted(path.stem for path in folder.glob("*.json") if path.stem != _SETTINGS)
        networks = {name: _network(folder, name) for name in names}
    except Exception as error:  # what numpy, zipfile and Keras raise on foreign bytes has no end
        raise UserError(
            f"{display(folder)} cannot be read ({type(error).__name__}); restore it: "
            f"git checkout {display(folder)}"
        ) from error
    return networks, settings, display(folder)


def _network(folder: Path, name: str) -> tf_keras.Model:
    network = tf_keras.models.model_from_json((folder / f"{name}.json").read_text("utf-8"))
    parts = [np.load(folder / f"{name}.{k}.npy") for k in range(1, 1 + _parts(network))]
    ends = np.cumsum([np.prod(each.shape, dtype=int) for each in network.weights])
    weights = np.split(np.concatenate(parts).astype(np.float32), ends)
    if len(weights.pop()):
        raise ValueError("more weights than the network has")
    shaped = zip(weights, network.weights, strict=True)
    network.set_weights([each.reshape(weight.shape) for each, weight in shaped])
    return network


def _parts(network: tf_keras.Model) -> int:
    return -(-network.count_params() // PART)


def write(
    experiment: str, networks: Mapping[str, tf_keras.Model], settings: Mapping[str, object]
) -> Path:
    """Record the weights of networks of stock layers, without those that only training needs.

    Other files of the experiment go away.
    """
    folder = FOLDER / experiment
    files.write_json(folder / f"{_SETTINGS}.json", dict(settings))
    written = {f"{_SETTINGS}.json"}
    for name, network in networks.items():
        if name in _ONLY_FOR_TRAINING:
            continue
        files.write_text(folder / f"{name}.json", network.to_json() + "\n")
        numbers = np.concatenate([each.ravel() for each in network.get_weights()])
        for k in range(1, 1 + _parts(network)):
            with files.replaced(folder / f"{name}.{k}.npy") as temporary:
                np.save(temporary, numbers[(k - 1) * PART : k * PART].astype(np.float16))
        written |= {f"{name}.json", *(f"{name}.{k}.npy" for k in range(1, 1 + _parts(network)))}
    for file in folder.iterdir():
        if file.name not in written:
            file.unlink()
    return folder
