"""Where programs run: what a `docker` that records its calls is called with."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lib.system.paths import REPOSITORY
from tests import fake_runs

CPU_ENGINE = "x86_64|io.containerd.runc.v2 runc |[name=seccomp,profile=builtin]"
GPU_ENGINE = "x86_64|io.containerd.runc.v2 nvidia runc |[name=seccomp,profile=builtin]"
# Records its arguments, and answers like an engine that has no image yet.
DOCKER = """#!/usr/bin/env bash
here=${0%/*}
printf '%s\\0' "$@" $'\\x1e' >>"$here/called"  # one write, as calls may come at the same time
case $1 in
  info) if [ -s "$here/refusal" ]; then cat "$here/refusal" >&2; exit 1; fi
        printf 'engine|%s\\n' "$(cat "$here/engine")" ;;
  image) test -e "$here/built" ;;
  build) if [ -e "$here/offline" ]; then echo "no route to host" >&2; exit 1; fi
         touch "$here/built" ;;
esac
"""


class Machine:
    """A machine with a `docker` and, with `gpu`, an NVIDIA GPU."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.work = folder.parent / "work"
        folder.mkdir()
        self.program("docker", DOCKER)
        self.has(CPU_ENGINE, gpu=False)

    def has(self, engine, gpu):
        (self.folder / "engine").write_text(engine, encoding="utf-8")
        answer = "echo 'GPU 0: NVIDIA A100'" if gpu else "exit 9"
        self.program("nvidia-smi", f"#!/bin/sh\n{answer}\n")

    def refuses(self, message):
        (self.folder / "refusal").write_text(message, encoding="utf-8")

    def run(self, *arguments, **environment):
        inherited = {name: value for name, value in os.environ.items() if name != "RUNTIME"}
        path = f"{self.folder}:{os.environ['PATH']}"
        return subprocess.run(
            arguments,
            cwd=REPOSITORY,
            env={
                **inherited,
                "PATH": path,
                "PYTHON": sys.executable,
                "WORK_DIR": str(self.work),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )

    def installed(self):
        """Return the variable that names an installed environment, with NVIDIA's libraries."""
        folder = self.folder.parent / "environment"
        (folder / "bin").mkdir(parents=True)
        locks = ("requirements.lock", "requirements-cuda.lock")
        content = b"".join((REPOSITORY / lock).read_bytes() for lock in locks)
        (folder / "requirements.lock").write_bytes(content)
        python = folder / "bin" / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        return {"IMAGE_VENV": str(folder)}

    def calls(self, command):
        """Return the arguments of every call of `docker <command>`."""
        if not (self.folder / "called").exists():
            return []
        lines = (self.folder / "called").read_text(encoding="utf-8").split("\0\x1e\0")
        return [call[1:] for line in lines if (call := line.split("\0"))[0] == command]

    def program(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        (self.folder / name).chmod(0o755)


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


def split(call):
    options, arguments = {}, iter(call)
    for argument in arguments:
        if not argument.startswith("--"):
            return options, argument, list(arguments)
        alone = argument in ("--rm", "--init", "--read-only", "--interactive", "--tty")
        options.setdefault(argument, []).append("" if alone else next(arguments))
    raise AssertionError(call)


def mounted(path, more=""):
    return f"type=bind,source={path},target={path}{more}"


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
    photos = tmp_path / "my photos"
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
