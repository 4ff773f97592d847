"""docker/container.sh: what the `docker` is called with, and when there is none to use."""

import os
import re
import shutil

import pytest

from lib.system.paths import REPOSITORY
from tests.docker_machine import CPU_ENGINE, GPU_ENGINE, Machine, split


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path / "bin")


def container(machine, *arguments, **environment):
    return machine.run("docker/container.sh", *arguments, **environment)


def started(machine, *arguments, kind="cpu", **environment):
    """Return options (by name, each a list of values) and program of the one container started."""
    done = container(machine, kind, "run", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    (call,) = machine.calls("run")
    return split(call)


def mounted(path, more=""):
    return f'type=bind,"source={path}","target={path}"{more}'


def test_a_program_runs_as_the_caller_without_a_network_and_writes_the_repository_only(machine):
    options, image, arguments = started(machine, "python", "-m", "lib.data", "A=b c")
    assert options == {
        "--rm": [""],
        "--init": [""],
        "--read-only": [""],
        "--tmpfs": ["/tmp:exec"],
        "--env": ["HOME=/tmp", f"WORK_DIR={machine.work}"],
        "--user": [f"{os.getuid()}:{os.getgid()}"],
        "--mount": [mounted(REPOSITORY), mounted(machine.work)],
        "--workdir": [str(REPOSITORY)],
        "--network": ["none"],
        "--entrypoint": ["/opt/venv/bin/python"],
    }
    assert re.fullmatch("generative-models-reproduction:cpu-[0-9a-f]{12}", image)
    assert arguments == ["-m", "lib.data", "A=b c"]


def test_without_another_place_to_work_in_only_the_repository_is_mounted(machine):
    options, _, _ = started(machine, "python", WORK_DIR="")
    assert options["--mount"] == [mounted(REPOSITORY)]
    assert options["--env"] == ["HOME=/tmp"]


def test_the_network_is_there_on_request(machine):
    options, _, arguments = started(machine, "--online", "python", "-m", "lib.data")
    assert options["--network"] == ["bridge"]
    assert arguments == ["-m", "lib.data"]


@pytest.mark.parametrize(
    ("kind", "engine", "gpu", "expected"),
    [
        ("cuda", GPU_ENGINE, True, ["all"]),
        ("cuda", GPU_ENGINE, False, None),
        ("cuda", CPU_ENGINE, False, None),
        ("cpu", GPU_ENGINE, True, None),
        ("cpu", CPU_ENGINE, True, None),
    ],
)
def test_the_gpus_are_given_to_the_cuda_image_where_they_answer(
    machine, kind, engine, gpu, expected
):
    machine.has(engine, gpu)
    options, image, _ = started(machine, "python", kind=kind)
    assert options.get("--gpus") == expected
    assert f":{kind}-" in image


def test_a_rootless_engine_s_root_is_the_caller(machine):
    machine.has("x86_64|runc |[name=seccomp,profile=builtin name=rootless]", gpu=False)
    assert started(machine, "python")[0]["--user"] == ["0:0"]


def test_the_user_s_own_images_can_be_read_where_they_are(machine, tmp_path):
    photos = tmp_path / "my photos, 2024"
    photos.mkdir()
    (tmp_path / "link").symlink_to(photos)
    options, _, arguments = started(
        machine, "python", f"FACES={tmp_path}/link", "DIGITS=nowhere", f"FACES={REPOSITORY}/tests"
    )
    assert options["--mount"][2:] == [mounted(photos, ",readonly")]
    assert arguments == [f"FACES={photos}", "DIGITS=nowhere", f"FACES={REPOSITORY}/tests"]


def test_a_home_is_found_by_its_sign(machine, tmp_path):
    (tmp_path / "photos").mkdir()
    _, _, arguments = started(machine, "python", "FACES=~/photos", HOME=str(tmp_path))
    assert arguments == [f"FACES={tmp_path}/photos"]


FAILURES = {
    "NVIDIA runtime": (CPU_ENGINE, None, "nvidia-container-toolkit"),
    "socket": (
        GPU_ENGINE,
        "permission denied while trying to connect to the Docker",
        "group docker",
    ),
    "architecture": ("aarch64|runc |[]", None, "is aarch64"),
    "engine": (
        GPU_ENGINE,
        "Cannot connect to the Docker daemon. Is it running?",
        "does not answer",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_if_docker_cannot_train_one_line_says_why(machine, failure):
    engine, refusal, part = FAILURES[failure]
    machine.has(engine, gpu=True)
    if refusal:
        machine.refuses(refusal)

    forced = container(machine, "cuda", "ready")
    assert (forced.returncode, forced.stdout) == (2, "")
    (line,) = forced.stderr.splitlines()
    assert line.startswith("error: ")
    assert part in line

    auto = container(machine, "cuda", "choose")
    assert (auto.returncode, auto.stdout) == (0, "local\n")
    (line,) = auto.stderr.splitlines()
    assert line.startswith("training without Docker: ")
    assert part in line

    training = container(machine, "cuda", "run", "python")
    assert training.returncode == 2
    assert part in training.stderr
    assert not machine.calls("run")


def test_without_any_docker_nothing_is_said(machine, tmp_path):
    (tmp_path / "empty").mkdir()
    arguments = (shutil.which("bash"), "docker/container.sh", "cuda")
    auto = machine.run(*arguments, "choose", PATH=str(tmp_path / "empty"))
    assert (auto.returncode, auto.stdout, auto.stderr) == (0, "local\n", "")
    forced = machine.run(*arguments, "ready", PATH=str(tmp_path / "empty"))
    assert forced.returncode == 2
    assert "there is no docker command" in forced.stderr


@pytest.mark.parametrize(("kind", "gpu"), [("cpu", False), ("cuda", False), ("cpu", True)])
def test_without_a_gpu_to_use_auto_builds_no_image_and_does_not_call_docker(machine, kind, gpu):
    machine.has(GPU_ENGINE, gpu)
    auto = container(machine, kind, "choose")
    assert (auto.returncode, auto.stdout, auto.stderr) == (0, "local\n", "")
    assert not (machine.folder / "called").exists()


@pytest.mark.parametrize(("kind", "cuda"), [("cpu", 0), ("cuda", 1)])
def test_the_image_is_built_once(machine, kind, cuda):
    for _ in range(2):
        done = container(machine, kind, "ready")
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    (arguments,) = machine.calls("build")
    assert arguments[:2] == ["--build-arg", f"CUDA={cuda}"]
    assert arguments[-1] == "."


def test_without_an_image_auto_is_local_and_docker_an_error(machine):
    (machine.folder / "offline").touch()
    machine.has(GPU_ENGINE, gpu=True)
    auto = container(machine, "cuda", "choose")
    assert (auto.returncode, auto.stdout) == (0, "local\n")
    assert "cannot be built: no route to host" in auto.stderr
    forced = container(machine, "cuda", "ready")
    assert forced.returncode == 2
    assert f"all messages: {machine.work}/build/image.log" in forced.stderr
