"""A machine with a `docker` that records how it is called, and with or without an NVIDIA GPU."""

import os
import subprocess
import sys
from pathlib import Path

from lib.system.paths import REPOSITORY

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


def split(call):
    options, arguments = {}, iter(call)
    for argument in arguments:
        if not argument.startswith("--"):
            return options, argument, list(arguments)
        alone = argument in ("--rm", "--init", "--read-only", "--interactive", "--tty")
        options.setdefault(argument, []).append("" if alone else next(arguments))
    raise AssertionError(call)
