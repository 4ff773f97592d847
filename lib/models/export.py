"""Trained networks as `.keras` files that plain tf_keras opens, without this repository.

The layers that train faster here, and the wrappers that only training needs, are replaced by Keras'
own with the same weights. Outputs are equal up to rounding.
"""

from pathlib import Path

import tf_keras

from lib.models.layers import convlstm, lstm, thin_convolution
from lib.system import files
from lib.system.errors import UserError
from lib.system.paths import display

layers = tf_keras.layers
SUFFIX = ".keras"
# Keras' own class of each layer of ours, and the arguments that it does not have.
_STOCK = {
    thin_convolution.Conv2D: (layers.Conv2D, ()),
    lstm.LSTM: (layers.LSTM, ("repeated",)),
    convlstm.ConvLSTM2D: (layers.ConvLSTM2D, ("compiled",)),
}


def stock(model: tf_keras.Model) -> tf_keras.Model:
    """Return a copy of `model` of Keras' own layers: the same weights and predictions."""
    copy = tf_keras.models.clone_model(model, clone_function=_stock_layer)
    copy.set_weights(_weights_of_predictions(model))
    return copy


def _stock_layer(layer: layers.Layer) -> layers.Layer:
    if isinstance(layer, tf_keras.Model):
        return tf_keras.models.clone_model(layer, clone_function=_stock_layer)
    if isinstance(layer, layers.SpectralNormalization):  # it only acts in training
        return _stock_layer(layer.layer)
    kind, ours = _STOCK.get(type(layer), (type(layer), ()))
    config = {name: value for name, value in layer.get_config().items() if name not in ours}
    return kind.from_config(config)


def _weights_of_predictions(model: tf_keras.Model) -> list:
    """Return the weights, in order, without the vectors of power iterations."""
    return [
        weight.numpy() for weight in model.weights if weight.name.split("/")[-1] != "vector_u:0"
    ]


def write(folder: Path, networks: dict[str, tf_keras.Model]) -> None:
    """Write each network as `<name>.keras` into `folder`, of stock layers."""
    for name, network in networks.items():
        with files.replaced(folder / f"{name}{SUFFIX}") as temporary:
            stock(network).save(temporary)


def read(folder: Path) -> dict[str, tf_keras.Model]:
    """Return the networks in `folder` by name; raises UserError if a file cannot be read."""
    return {path.stem: _read(path) for path in sorted(folder.glob(f"[!.]*{SUFFIX}"))}


def _read(path: Path) -> tf_keras.Model:
    try:
        return tf_keras.models.load_model(path, compile=False)
    except Exception as error:  # what Keras and zipfile raise on foreign bytes has no end
        raise UserError(
            f"{display(path)} cannot be read as a Keras model ({type(error).__name__}); remove "
            f"{display(path.parent)}, and the next call takes the networks from the checkpoint"
        ) from error
