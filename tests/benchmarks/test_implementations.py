"""All implementations train the same models."""

import importlib
import json
import subprocess

import pytest

from benchmarks.implementations import interpreter
from benchmarks.workloads import WORKLOADS
from lib.system.paths import REPOSITORY
from tests.benchmarks.noise_data import replace_data_by_noise

# Published (tables 1 to 4), and for faces a convolution's 9 * inputs * filters + filters.
ENCODER_64 = (9 * 3 * 64 + 64) + 4 * (9 * 64 * 64 + 64) + (256 * 128 + 128) + 2 * (128 * 64 + 64)
DECODER_64 = (64 * 1024 + 1024) + 4 * (9 * 64 * 64 + 64) + (9 * 64 * 3 + 3)
DISCRIMINATOR_128 = (9 * 3 * 128 + 128) + 4 * (9 * 128 * 128 + 128) + (512 + 1)
GENERATOR_128 = (
    (128 * 1024 + 1024) + (9 * 64 * 128 + 128) + 3 * (9 * 128 * 128 + 128) + (9 * 128 * 3 + 3)
)
PARAMETERS = {
    "vae_64": ENCODER_64 + DECODER_64,
    "gan_128": DISCRIMINATOR_128 + GENERATOR_128,
    "text2text": 805_133,
    "image2text flatten": 1_594_637,
    "image2text convlstm": 38_144 + 25_088 * 256 + 256 + 525_312 + 3_341,
    "text2image 1/1/512": 3_578_640,
}
COUNT_IN_TORCH = """
import json, sys
from tests.benchmarks.noise_data import replace_data_by_noise
from benchmarks.workloads import WORKLOADS
from benchmarks.implementations import pytorch
replace_data_by_noise(setattr)
print(json.dumps({name: pytorch.prepare(WORKLOADS[name].settings[0]).parameters
                  for name in sys.argv[1:]}))
"""


@pytest.mark.parametrize("implementation", ["project", "keras"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_keras_models_have_the_published_parameters(runtime, monkeypatch, implementation, name):
    replace_data_by_noise(monkeypatch.setattr)
    prepare = importlib.import_module(f"benchmarks.implementations.{implementation}").prepare
    assert prepare(WORKLOADS[name].settings[0]).parameters == PARAMETERS[name]


def test_torch_models_have_the_published_parameters():
    done = subprocess.run(
        [torch_or_skip(), "-c", COUNT_IN_TORCH, *PARAMETERS],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == PARAMETERS


def torch_or_skip():
    return interpreter("pytorch") or pytest.skip("PyTorch is not installed (make bench-setup)")


def test_flops_of_this_project_s_models_are_those_of_their_layers(runtime, monkeypatch):
    from benchmarks.implementations import project

    text = project.prepare(WORKLOADS["text2text"].settings[0])
    encoder, decoder = 5 * 4 * 256 * (13 + 256), 3 * 4 * 256 * (256 + 256)
    assert text.flops == 2 * (2 * encoder + 3 * decoder + 3 * 3 * 256 * 13)

    replace_data_by_noise(monkeypatch.setattr)
    vae = project.prepare(WORKLOADS["vae_64"].settings[0])
    kernel, first = 9 * 64 * 64, 32 * 32 * 9 * 3 * 64
    down = first + (16**2 + 8**2 + 4**2 + 2**2) * kernel + 256 * 128 + 2 * 128 * 64
    up = 64 * 1024 + (4**2 + 8**2 + 16**2 + 32**2) * kernel + 64**2 * 9 * 64 * 3
    assert vae.flops == 2 * (3 * (down + up) - first)
