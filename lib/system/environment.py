"""What a run was trained with: versions, hardware and commit. Without TensorFlow."""

import os
import platform
import subprocess
from pathlib import Path

from lib.system.paths import REPOSITORY

_PACKAGES = (
    "tensorflow",
    "tf_keras",
    "numpy",
    "scipy",
    "scikit-learn",
    "opencv-python-headless",
    "pillow",
)
# Numeric libraries choose their code, and so the order of additions, by these and by the caches.
_INSTRUCTION_SETS = {"avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile"}
_GENERATION = ("cpu family", "model", "stepping")
_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide numbers."""
    import importlib.metadata  # takes longer than finding that all runs are done

    found = {package: importlib.metadata.version(package) for package in _PACKAGES}
    return {"python": platform.python_version(), **found}


def hardware() -> dict[str, object]:
    """Return the processor's name, generation, vector instructions, caches, cores; and the GPUs.

    Several generations of processors may share a name, above all on rented machines.
    """
    cpu = _first_cpu()
    return {
        "cpu": cpu.get("model name") or platform.processor() or platform.machine(),
        "generation": "-".join(cpu[name] for name in _GENERATION if cpu.get(name)),
        "instruction_sets": sorted(_INSTRUCTION_SETS & set(cpu.get("flags", "").split())),
        "caches": [size.read_text().strip() for size in sorted(_CACHES.glob("index*/size"))],
        "cores": os.cpu_count(),
        "gpus": _gpu_names(),
    }


def source_commit() -> str:
    """Return the commit of the checkout, with "+" if files differ from it; "" outside of git."""
    try:
        facts = _output("git", "-C", str(REPOSITORY), "rev-parse", "--show-toplevel", "HEAD")
        top, head = facts.splitlines()
        if Path(top).resolve() != REPOSITORY.resolve():
            return ""  # an unpacked archive in a checkout of something else
        changed = _output("git", "-C", str(REPOSITORY), "status", "--porcelain")
    except (OSError, subprocess.SubprocessError):
        return ""
    return head + ("+" if changed else "")


def _first_cpu() -> dict[str, str]:
    """Return what the kernel tells about the first processor."""
    try:
        first, _, _ = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("\n\n")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _gpu_names() -> list[str]:
    try:
        return _output("nvidia-smi", "--query-gpu=name", "--format=csv,noheader").splitlines()
    except (OSError, subprocess.SubprocessError):
        return []


def _output(*command: str) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, timeout=10, check=True
    ).stdout.strip()
