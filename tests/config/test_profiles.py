import os

import pytest

from lib.config import request
from lib.config.base import replaced
from lib.config.experiments import experiments
from lib.config.profiles import PROFILES, default_profile


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """Return a function that puts a stub, and nothing else, on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(script, mode=0o755):
        stub = tmp_path / "nvidia-smi"
        stub.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        stub.chmod(mode)

    return put


def chosen():
    return default_profile.__wrapped__()


def test_paper_where_a_gpu_answers(nvidia_smi):
    nvidia_smi('[ "$1" = -L ] && echo "GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-0)"')
    assert chosen() == ("paper", "an NVIDIA GPU answers")


@pytest.mark.parametrize(
    "script",
    [
        "echo 'NVIDIA-SMI has failed because it could not communicate with the driver'; exit 9",
        "echo 'GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-0)'; exit 1",
        "echo 'No devices were found'",
        "exit 0",
    ],
)
def test_quick_where_the_tool_finds_none(nvidia_smi, script):
    nvidia_smi(script)
    assert chosen() == ("quick", "no NVIDIA GPU answers")


def test_quick_where_the_tool_cannot_start(nvidia_smi, tmp_path):
    nvidia_smi("")
    (tmp_path / "nvidia-smi").write_bytes(b"#!/no/such/shell\n")
    assert chosen()[0] == "quick"


@pytest.mark.skipif(os.name != "posix", reason="needs permission bits")
def test_quick_where_the_tool_is_absent_or_no_program(nvidia_smi):
    assert chosen()[0] == "quick"
    nvidia_smi("echo 'GPU 0: x'", mode=0o644)
    assert chosen()[0] == "quick"


@pytest.mark.parametrize("name", PROFILES)
def test_every_change_names_a_real_experiment_variant_and_setting(name):
    for place, changes in PROFILES[name].changes.items():
        experiment, slash, variant = place.partition("/")
        assert experiment in experiments()
        assert not slash or variant in experiments()[experiment].variants
        replaced(experiments()[experiment].settings, dict(changes))


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_plans_every_variant(name):
    runs = request.planned(request.Request(profile=name, study="corrected"))
    assert len({run.key.path for run in runs}) == sum(
        len(experiment.variants) for experiment in experiments().values()
    )


def test_a_variant_s_changes_beat_its_experiment_s():
    quick = PROFILES["quick"]
    general = quick.changes["text2text"]["epochs"]
    assert quick.changes_for("text2text", "train-95")["epochs"] == general
    particular = quick.changes["text2text/train-05"]["epochs"]
    assert quick.changes_for("text2text", "train-05")["epochs"] == particular != general


def test_paper_changes_nothing():
    for run in request.planned(request.Request(profile="paper", study="corrected")):
        experiment = experiments()[run.key.experiment]
        changes = dict(experiment.variants[run.key.variant])
        assert run.settings == replaced(experiment.settings, changes)


def test_no_profile_exceeds_the_paper():
    paper = request.planned(request.Request(profile="paper", study="corrected"))
    for name in ("smoke", "quick"):
        reduced = request.planned(request.Request(profile=name, study="corrected"))
        for small, full in zip(reduced, paper, strict=True):
            assert small.settings.epochs <= full.settings.epochs
