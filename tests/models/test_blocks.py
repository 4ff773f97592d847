import numpy as np
import pytest

from lib.models.faces.blocks import downsampling, upsampling
from lib.training.saving import layer_table


@pytest.mark.parametrize(("filters", "outputs"), [(64, 64), (128, 512), (128, 1)])
def test_downsampling_has_the_described_layers(filters, outputs):
    model = downsampling(filters, outputs, "net")
    shapes = [layer["output_shape"][1:] for layer in layer_table(model)]
    sides = [[side, side, filters] for side in (32, 16, 8, 4, 2)]
    assert shapes == [*sides, [4 * filters], [outputs]]
    first, others = 27 * filters + filters, 9 * filters**2 + filters
    assert model.count_params() == first + 4 * others + (4 * filters + 1) * outputs
    activations = [
        layer.activation.__name__ for layer in model.layers if "flatten" not in layer.name
    ]
    assert activations == ["relu"] * 5 + ["sigmoid"]


@pytest.mark.parametrize(("filters", "latent_dim"), [(64, 32), (128, 256)])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_upsampling_has_the_described_layers(filters, latent_dim, activation):
    model = upsampling(filters, latent_dim, activation, "net")
    shapes = [layer["output_shape"][1:] for layer in layer_table(model)]
    sides = [[side, side, filters] for side in (8, 16, 32, 64)]
    assert shapes == [[1024], [4, 4, 64], *sides, [64, 64, 3]]
    first, others = 9 * 64 * filters + filters, 9 * filters**2 + filters
    ends = (latent_dim + 1) * 1024 + 27 * filters + 3
    assert model.count_params() == ends + first + 3 * others
    names = [layer.activation.__name__ for layer in model.layers if "reshape" not in layer.name]
    assert names == ["linear", *["relu"] * 4, activation]


def test_outputs_stay_in_the_range_of_the_activation():
    latents = 1e3 * np.random.default_rng(0).standard_normal((3, 5), np.float32)
    images = upsampling(4, 5, "tanh", "net")(latents).numpy()
    assert images.shape == (3, 64, 64, 3)
    assert images.min() < -0.5
    assert images.max() > 0.5
    assert np.abs(images).max() <= 1
    assert upsampling(4, 5, "sigmoid", "net")(latents).numpy().min() >= 0
