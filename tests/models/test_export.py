"""Exported networks, opened by plain Keras in a process that cannot import this project."""

import subprocess
import sys

import numpy as np
import pytest

from lib.config.arithmetic import (
    CorrectedImage2TextSettings,
    DigitClassifierSettings,
    Image2TextSettings,
    Text2ImageSettings,
)
from lib.models import export
from lib.models.arithmetic import (
    digit_classifier,
    digit_gan,
    image2text,
    image2text_corrected,
    text2image,
    text2text,
    text2text_corrected,
)
from lib.models.faces import gan, gan_corrected, vae, vae_corrected
from lib.system.errors import UserError

PLAIN_KERAS = """
import sys
from pathlib import Path
import numpy as np
import tf_keras
try:
    import lib
except ImportError:
    pass
else:
    raise SystemExit("lib can be imported")
for path in sorted(Path(sys.argv[1]).glob("*.keras")):
    network = tf_keras.models.load_model(path, compile=False)
    inputs = list(np.load(path.with_suffix(".inputs.npz")).values())
    outputs = network(inputs[0] if len(inputs) == 1 else inputs)
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    np.savez(path.with_suffix(".outputs.npz"), *outputs)
"""
FACE, QUERY, TOKENS = (64, 64, 3), (5, 13), (5, 28, 28, 1)
# How each network is built, and the shapes of its inputs.
NETWORKS = {
    "vae_encoder": (lambda: vae.build_encoder(8, 4), [FACE]),
    "vae_decoder": (lambda: vae.build_decoder(8, 4), [(4,)]),
    "vae_corrected_encoder": (lambda: vae_corrected.build_encoder(8, 4), [FACE]),
    "gan_generator": (lambda: gan.build_generator(8, 4), [(4,)]),
    "gan_discriminator": (lambda: gan.build_discriminator(8), [FACE]),
    "gan_corrected_generator": (lambda: gan_corrected.build_generator(8, 4, "average"), [(4,)]),
    "gan_corrected_discriminator": (lambda: gan_corrected.build_discriminator(8), [FACE]),
    "text2text": (lambda: text2text.build_model(16), [QUERY]),
    "text2text_aligned": (lambda: text2text_corrected.build_model(8, aligned=True), [(3, 39)]),
    "text2text_unaligned": (lambda: text2text_corrected.build_model(8, aligned=False), [QUERY]),
    "image2text": (lambda: image2text.build_model(Image2TextSettings(units=16)), [TOKENS]),
    "image2text_convlstm": (
        lambda: image2text.build_model(
            Image2TextSettings(encoder="convlstm", units=16, filters=4, compile=False)
        ),
        [TOKENS],
    ),
    "image2text_corrected": (
        lambda: image2text_corrected.without_lambda(
            image2text_corrected.build_model(CorrectedImage2TextSettings(units=8, filters=2))
        ),
        [TOKENS],
    ),
    "text2image": (
        lambda: text2image.build_model(
            Text2ImageSettings(units=16, encoder_layers=2, decoder_layers=2)
        ),
        [QUERY],
    ),
    "digit_classifier": (
        lambda: digit_classifier.build_model(DigitClassifierSettings(filters=4)),
        [(28, 28, 1)],
    ),
    "digit_generator": (lambda: digit_gan.build_generator(8, 4), [(13,), (4,)]),
    "digit_discriminator": (lambda: digit_gan.build_discriminator(8), [(28, 28, 1)]),
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Return a folder with all networks, their inputs, what they return, and what Keras does."""
    folder = tmp_path_factory.mktemp("exported")
    random = np.random.default_rng(0)
    expected = {}
    for name, (build, shapes) in NETWORKS.items():
        network = build()
        # Biases and moving averages start as constants.
        weights = [
            np.abs(weight + random.normal(0, 0.05, weight.shape)) + 0.01
            if "variance" in variable.name
            else weight + random.normal(0, 0.05, weight.shape)
            for weight, variable in zip(network.get_weights(), network.weights, strict=True)
        ]
        network.set_weights(weights)
        inputs = [random.random((3, *shape), dtype=np.float32) for shape in shapes]
        outputs = network(inputs[0] if len(inputs) == 1 else inputs, training=False)
        expected[name] = outputs if isinstance(outputs, list | tuple) else [outputs]
        export.write(folder, {name: network})
        np.savez(folder / f"{name}.inputs.npz", *inputs)
    command = [sys.executable, "-I", "-c", PLAIN_KERAS, str(folder)]
    subprocess.run(command, check=True, timeout=300, capture_output=True, cwd=folder)
    return folder, expected


@pytest.mark.parametrize("name", NETWORKS)
def test_plain_keras_predicts_the_same_without_this_project(exported, name):
    folder, expected = exported
    with np.load(folder / f"{name}.outputs.npz") as file:
        found = list(file.values())
    assert len(found) == len(expected[name])
    for one, other in zip(found, expected[name], strict=True):
        assert np.ptp(one) > 1e-4  # not the same number for all inputs
        assert np.allclose(one, other, rtol=0, atol=1e-5)


def test_read_networks_predict_the_same_and_a_cut_off_file_is_one_error(tmp_path):
    network = vae.build_decoder(8, 4)
    export.write(tmp_path, {"decoder": network})
    latents = np.ones((2, 4), np.float32)
    read = export.read(tmp_path)
    assert list(read) == ["decoder"]
    assert np.allclose(read["decoder"](latents), network(latents), atol=1e-5)
    file = tmp_path / "decoder.keras"
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(UserError, match=r"decoder\.keras"):
        export.read(tmp_path)
