"""Where Make runs programs, by RUNTIME, on a machine whose `docker` records how it is called."""

import re

import pytest

from tests import fake_runs
from tests.docker_machine import GPU_ENGINE, Machine, split


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path / "bin")


@pytest.mark.parametrize("runtime", ["docker", "auto"])
def test_make_runs_everything_in_the_image(machine, runtime):
    """With RUNTIME=auto, on a machine with a GPU and without an environment."""
    machine.has(GPU_ENGINE, gpu=True)
    settings = ("PROFILE=smoke", "SEEDS=0 1", f"RUNTIME={runtime}", "LAUNCH=LAUNCHED=1 nice")
    done = machine.run("make", "vae-32", *settings, f"FACES={machine.folder}")
    assert done.returncode == 0, done.stderr
    calls = [split(call) for call in machine.calls("run")]
    programs = [arguments[1] for _, _, arguments in calls]
    assert programs == ["lib.data", "experiments.vae_32", "experiments.vae_32"]
    assert [options["--network"] for options, _, _ in calls] == [["bridge"], ["none"], ["none"]]
    assert f"FACES={machine.folder}" in calls[0][2]
    for seed, (options, _, arguments) in enumerate(calls[1:]):
        assert options["--gpus"] == ["all"]
        assert {"PROFILE=smoke", "VARIANT=published", f"SEEDS={seed}"} <= set(arguments)
    assert len(machine.calls("build")) == 1


def test_as_many_trainings_run_at_once_as_make_is_given(machine):
    """Each training waits until the other has started too."""
    waiting = (
        'touch "$0.$$"; for _ in {1..100}; do [ $(ls "$0".* | wc -l) = 2 ] && exit; sleep 0.1; done'
    )
    machine.program("launch", f"#!/usr/bin/env bash\n{waiting}; exit 1\n")
    done = machine.run(
        *("make", "-j2", "vae-32", "PROFILE=smoke", "SEEDS=0 1", "RUNTIME=docker"),
        f"LAUNCH={machine.folder}/launch",
    )
    assert done.returncode == 0, done.stderr
    assert "jobserver" not in done.stderr


def test_make_reports_what_docker_lacks(machine):
    machine.has("aarch64|runc |[]", gpu=False)
    done = machine.run("make", "vae-32", "PROFILE=smoke", "RUNTIME=docker")
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if line.startswith("error: ")] == [
        "error: the image is for x86_64 and this machine is aarch64; use RUNTIME=local"
    ]
    assert not machine.calls("run")


def test_make_knows_three_places(machine):
    done = machine.run("make", "help", "RUNTIME=podman")
    assert done.returncode == 2
    assert "RUNTIME=podman: choose auto, docker or local" in done.stderr


def test_cuda_is_0_or_1(machine):
    done = machine.run("make", "help", "CUDA=/usr/local/cuda")
    assert done.returncode == 2
    assert "CUDA=/usr/local/cuda: choose 0 or 1" in done.stderr


def test_a_folder_to_work_in_may_have_a_space_in_its_name(machine):
    work = machine.folder / "a b"
    done = machine.run("make", "vae-32", "PROFILE=smoke", "RUNTIME=docker", f"WORK_DIR={work}")
    assert done.returncode == 0, done.stderr
    for options, _, _ in map(split, machine.calls("run")):
        assert f"WORK_DIR={work}" in options["--env"]
    (work / "runs").mkdir()
    assert (work / "build").exists()
    assert machine.run("make", "clean", f"WORK_DIR={work}").returncode == 0
    assert [path.name for path in work.iterdir()] == ["runs"]


def test_if_all_is_done_docker_is_not_called(machine):
    machine.has(GPU_ENGINE, gpu=True)
    settings = ("PROFILE=smoke", "SEEDS=0")
    fake_runs.write(machine.work, settings)
    done = machine.run("make", "experiments", *settings, **machine.installed())
    assert done.returncode == 0, done.stderr
    assert not (machine.folder / "called").exists()


def unfinished(machine, settings):
    """Write all runs and remove the results of one experiment."""
    fake_runs.write(machine.work, settings)
    for result in (machine.work / "runs/smoke/vae_32/published").glob("*/result.json"):
        result.unlink()


def test_if_some_are_to_be_trained_docker_is_chosen_once_for_all(machine):
    machine.has(GPU_ENGINE, gpu=True)
    settings = ("PROFILE=smoke", "SEEDS=0 1")
    unfinished(machine, settings)
    done = machine.run("make", "-j2", "experiments", *settings, **machine.installed())
    assert done.returncode == 0, done.stderr
    assert len(machine.calls("image")) == len(machine.calls("build")) == 1
    calls = [arguments for _, _, arguments in map(split, machine.calls("run"))]
    assert sorted(next(a for a in call if a.startswith("SEEDS")) for call in calls) == [
        "SEEDS=0",
        "SEEDS=1",
    ]


def test_without_a_gpu_make_trains_in_the_environment(machine):
    settings = ("PROFILE=smoke", "SEEDS=0")
    unfinished(machine, settings)
    machine.program("launch", '#!/bin/sh\necho "$@" >"$0.called"\n')
    launch = f"LAUNCH={machine.folder}/launch"
    environment = machine.installed()
    done = machine.run("make", "experiments", *settings, launch, **environment)
    assert done.returncode == 0, done.stderr
    called = (machine.folder / "launch.called").read_text(encoding="utf-8")
    assert re.match(r"\S+python\S* -m experiments\.vae_32 ", called)
    assert not (machine.folder / "called").exists()


def test_the_profile_of_the_recorded_report_reaches_the_image(machine):
    done = machine.run("make", "recorded", "PROFILE=quick", "RUNTIME=docker")
    assert done.returncode == 0, done.stderr
    ((_, _, arguments),) = map(split, machine.calls("run"))
    assert arguments[-2:] == ["report.recorded", "PROFILE=quick"]


def test_two_work_folders_are_compared_without_the_image(machine):
    done = machine.run("make", "accept", "PROFILE=smoke", "RUNTIME=docker", "BEFORE=/nowhere")
    assert "holds no finished run with its code" in done.stderr
    assert not machine.calls("run")


def test_data_that_are_prepared_again_while_models_train_are_an_error(machine):
    settings = ("PROFILE=smoke", "SEEDS=0")
    unfinished(machine, settings)
    record = machine.work / "data" / "faces" / "provenance.json"
    machine.program("launch", f"#!/bin/sh\nsed -i 's/facesfaces/others/' '{record}'\n")
    launch = f"LAUNCH={machine.folder}/launch"
    done = machine.run("make", "experiments", *settings, launch, **machine.installed())
    assert done.returncode == 2
    assert "was prepared again while models were trained" in done.stderr


@pytest.mark.parametrize("wanted", ["DATA=real", "FACES={folder}"])
def test_a_training_refuses_other_data_than_it_is_asked_for(tmp_path, wanted):
    fake_runs.write(tmp_path / "work", ["PROFILE=smoke"])
    argument = wanted.format(folder=tmp_path)
    done = fake_runs.run(tmp_path / "work", "experiments.vae_32", "PROFILE=smoke", argument)
    assert done.returncode == 2
    assert f"does not hold what {argument} requests; run: make data" in done.stderr
