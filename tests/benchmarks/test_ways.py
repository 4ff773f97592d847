"""The three ways train the same models."""

import importlib
import json
import subprocess

import pytest

from benchmarks import training
from benchmarks.processes import interpreter
from benchmarks.workloads import WORKLOADS, Workload
from lib.system.paths import REPOSITORY
from tests.benchmarks.noise_data import put_noise_in_place_of_data

# Published (tables 1 to 4), and for faces a convolution's 9 * inputs * filters + filters.
FACES_64 = (9 * 3 * 64 + 64) + 4 * (9 * 64 * 64 + 64) + (256 * 128 + 128) + 2 * (128 * 64 + 64)
FROM_64 = (64 * 1024 + 1024) + 4 * (9 * 64 * 64 + 64) + (9 * 64 * 3 + 3)
JUDGE = (9 * 3 * 128 + 128) + 4 * (9 * 128 * 128 + 128) + (512 + 1)
FROM_128 = (
    (128 * 1024 + 1024) + (9 * 64 * 128 + 128) + 3 * (9 * 128 * 128 + 128) + (9 * 128 * 3 + 3)
)
PARAMETERS = {
    "vae_64": FACES_64 + FROM_64,
    "gan_128": JUDGE + FROM_128,
    "text2text": 805_133,
    "image2text flatten": 1_594_637,
    "image2text convlstm": 38_144 + 25_088 * 256 + 256 + 525_312 + 3_341,
    "text2image 1/1/512": 3_578_640,
}
COUNT_IN_TORCH = """
import json, sys
from tests.benchmarks.noise_data import put_noise_in_place_of_data
from benchmarks.workloads import WORKLOADS
from benchmarks import pytorch
put_noise_in_place_of_data(setattr)
print(json.dumps({name: pytorch.prepare(WORKLOADS[name].trainings[0]).parameters
                  for name in sys.argv[1:]}))
"""


@pytest.mark.parametrize("way", ["ours", "notebook"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_keras_models_have_the_published_parameters(runtime, monkeypatch, way, name):
    put_noise_in_place_of_data(monkeypatch.setattr)
    prepare = importlib.import_module(f"benchmarks.{way}").prepare
    assert prepare(WORKLOADS[name].trainings[0]).parameters == PARAMETERS[name]


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
    return interpreter("torch") or pytest.skip("PyTorch is not installed (make bench-setup)")


def test_flops_of_our_models_are_those_of_their_layers(runtime, monkeypatch):
    from benchmarks import ours

    text = ours.prepare(WORKLOADS["text2text"].trainings[0])
    encoder, decoder = 5 * 4 * 256 * (13 + 256), 3 * 4 * 256 * (256 + 256)
    assert text.flops == 2 * (2 * encoder + 3 * decoder + 3 * 3 * 256 * 13)

    put_noise_in_place_of_data(monkeypatch.setattr)
    vae = ours.prepare(WORKLOADS["vae_64"].trainings[0])
    kernel, first = 9 * 64 * 64, 32 * 32 * 9 * 3 * 64
    down = first + (16**2 + 8**2 + 4**2 + 2**2) * kernel + 256 * 128 + 2 * 128 * 64
    up = 64 * 1024 + (4**2 + 8**2 + 16**2 + 32**2) * kernel + 64**2 * 9 * 64 * 3
    assert vae.flops == 2 * (3 * (down + up) - first)


@pytest.mark.slow
def test_a_tiny_training_is_measured_in_every_way_that_is_installed(capfd):
    reduced = {"query_count": 100, "units": 8, "compile": False}
    tiny = Workload("tiny", "text2text", ("train-95", "train-05"), reduced, {"notebook": 1.0})
    measured = training.measure(tiny, peak=1e12, turns=2)
    assert set(measured["ways"]) >= {"ours", "notebook"}
    for found in measured["ways"].values():
        assert len(found["examples_per_second"]) == 2
        assert found["parameters"] == measured["ways"]["ours"]["parameters"]
        assert found["peak_megabytes"] > 50
    assert measured["ratios"]["notebook"] > 0
    assert 0 < measured["share_of_peak"] < 1
