"""Weights that come with the project, of models trained at full scale.

recorded/weights/<experiment>/
  settings.json     the settings of the run
  <network>.npz     its architecture, as Keras writes it, and its weights, rounded to 16 bits
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
        settings = kind(**json.loads((folder / "settings.json").read_text(encoding="utf-8")))
        networks = {path.stem: _network(path) for path in sorted(folder.glob("*.npz"))}
    except Exception as error:  # what numpy, zipfile and Keras raise on foreign bytes has no end
        raise UserError(
            f"{display(folder)} cannot be read ({type(error).__name__}); restore it: "
            f"git checkout {display(folder)}"
        ) from error
    return networks, settings, display(folder)


def _network(path: Path) -> tf_keras.Model:
    with np.load(path, allow_pickle=False) as file:
        network = tf_keras.models.model_from_json(str(file["architecture"]))
        weights = [file[f"weight-{k}"].astype(np.float32) for k in range(len(network.weights))]
    network.set_weights(weights)
    return network


def write(
    experiment: str, networks: Mapping[str, tf_keras.Model], settings: Mapping[str, object]
) -> str:
    """Record the weights of networks of stock layers; return what was written, as text.

    If a file would be larger than LARGEST, none is written, and the text says so.
    """
    folder = FOLDER / experiment
    files.write_json(folder / "settings.json", dict(settings))
    for name, network in networks.items():
        if name not in _ONLY_FOR_TRAINING:
            _write(folder / f"{name}.npz", network)
    size = max(path.stat().st_size for path in folder.iterdir())
    if size > LARGEST:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        return f"none of {experiment}, as one file would have {size / 1e6:.2f} MB"
    return f"{display(folder)}, largest file {size / 1e6:.2f} MB"


def _write(path: Path, network: tf_keras.Model) -> None:
    weights = {
        f"weight-{k}": weight.astype(np.float16) for k, weight in enumerate(network.get_weights())
    }
    with files.replaced(path) as temporary:
        np.savez_compressed(temporary, architecture=np.array(network.to_json()), **weights)
