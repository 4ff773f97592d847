"""`make help`: the targets, the settings as they are, and the profiles."""

import sys
from collections.abc import Sequence

from lib.config import make
from lib.config.experiments import experiments, title
from lib.config.profiles import PROFILES, default_profile
from lib.config.request import parse, planned
from lib.config.targets import TARGETS
from lib.system.errors import command

_SETTINGS = {
    "PROFILE": "how much of the original's scale",
    "SEEDS": 'one run for each, as in SEEDS="0 1 2"',
    "STUDY": "published: what the original trained; corrected: also what corrects its defects",
    "DATA": "auto: what is prepared, else real data, else stand-ins; real; builtin: stand-ins",
    "FACES": "your own images: a folder, zip, tar, .npy or .npz",
    "DIGITS": "a folder that holds the four MNIST files, or mnist.npz (else downloaded)",
    "THREADS": "threads for each training; part of what decides the numbers",
    "ALLOW_MISSING": "1: report the finished runs without training the rest",
}


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Print the help."""
    request = parse([*make.arguments(), *arguments])
    planned(request)  # refuses a setting that no experiment has
    print("make <target> [NAME=VALUE ...]\n\nTargets")
    _table(TARGETS)
    print("\nExperiments (each is a target)")
    _table(
        {
            name.replace("_", "-"): _summary(name, len(experiment.variants))
            for name, experiment in experiments().items()
        }
    )
    print("\nSettings; where a value is shown, it is the present one")
    values = vars(request) | {
        "seeds": " ".join(map(str, request.seeds)),
        "faces": request.faces or "",
        "digits": request.digits or "",
        "allow_missing": int(request.allow_missing),
    }
    _table({f"{name}={values[name.lower()]}": text for name, text in _SETTINGS.items()})
    _table(
        {
            "JOBS=<n>": "trainings in parallel (default: the number of cores; 1 with a GPU)",
            "LAUNCH=<prefix>": 'put before every training command, as in LAUNCH="srun"',
            "RUNTIME=<place>": "auto: train in Docker if there is a GPU, else here; docker; local",
            "CUDA=<0 or 1>": "with NVIDIA's libraries (default: if an NVIDIA GPU answers)",
            "WORK_DIR=<folder>": "the folder for data, runs and results (default: here)",
            "PYTHON=<path>": "the Python that .venv is made with (default: python3)",
            "EPOCHS=<n> ...": "any setting of an experiment (lib/config), for these runs",
        }
    )
    profile, reason = default_profile()
    print(f"\nProfiles ({profile} is the default here: {reason})")
    _table(
        {name: f"{profile.description}; {profile.duration}" for name, profile in PROFILES.items()}
    )


def _summary(name: str, variants: int) -> str:
    return f"{title(name)}  ({variants} variants)" if variants > 1 else title(name)


def _table(rows: dict[str, str]) -> None:
    for left, right in rows.items():
        print(f"  {left + '  ':<21}{right}")


if __name__ == "__main__":
    main()
