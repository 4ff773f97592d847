"""`make help`: the targets, the settings as they are, and the profiles."""

import sys
from collections.abc import Sequence

from lib.config import make
from lib.config.experiments import experiments, title
from lib.config.profiles import PROFILES, default_profile
from lib.config.request import parse, planned
from lib.system.errors import command

_TARGETS = {
    "all": "everything: data, experiments, figures, report",
    "data": "prepare faces and digits in data/",
    "experiments": "train all experiments, without figures and report",
    "figures": "draw all figures into build/figures/",
    "report": "build/report.html and build/report.pdf",
    "generate": "samples of a trained model: MODEL=vae-32 COUNT=64 SEED=0",
    "reconstruct": "your pictures by a trained autoencoder: MODEL=vae-32 FACES=<picture or folder>",
    "interpolate": 'from one sample or picture to the next: MODEL=vae-32 FACES="a.jpg b.jpg"',
    "encode": "the latents of your pictures as .npz and .csv: MODEL=vae-32 FACES=<folder>",
    "answer": 'a query by a trained model: MODEL=text2text QUERY="46+69", IMAGES=<handwriting>',
    "export": "the networks of a run, finished or not, as .keras files: MODEL=gan-64",
    "tensorboard": "curves and images of all runs in TensorBoard, if that is installed",
    "recorded": "build/recorded/report.html and .pdf from recorded/, without training or data",
    "check": "train what is missing; verdict on every claim; compare with the recorded runs",
    "reference": "write recorded/ and README's tables from the finished and the unfinished runs",
    "test": "the tests, with a tiny run of everything",
    "test-slow": "more tests of the same promises",
    "verify-resume": "kill trainings 100 times: they must end like uninterrupted ones; 15 minutes",
    "verify-same-bits": "train everything twice for some steps: equal weights; half an hour",
    "setup": "install the locked requirements into .venv, or build the image",
    "image, shell": "build the Docker image, look around in it",
    "check-image": "build the image without Docker and run the tests in it (root, Debian)",
    "bench": "speed and memory against plain Keras and PyTorch: build/bench.json",
    "bench-setup": "install PyTorch into .venv-bench, for make bench",
    "accept": "prove that runs by earlier code have equal bits, and keep them; after a refactoring",
    "lint, format": "check the code's style, fix it",
    "lock": "pin the requirements again (needs uv)",
    "clean": "remove build/; data/ and runs/ stay",
}

_SETTINGS = {
    "PROFILE": "how much of the original's scale",
    "SEEDS": 'one run for each, as in SEEDS="0 1 2"',
    "STUDY": "published: what the original trained; corrected: also what corrects its defects",
    "DATA": "auto: what is prepared, else real data, else stand-ins; real; builtin: stand-ins",
    "FACES": "a folder, zip or .npy of your own images",
    "DIGITS": "a folder that holds the four MNIST files (else downloaded)",
    "THREADS": "threads for each training; part of what decides the numbers",
    "ALLOW_MISSING": "1: report the finished runs without training the rest",
}


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Print the help."""
    request = parse([*make.arguments(), *arguments])
    planned(request)  # refuses a setting that no experiment has
    print("make <target> [NAME=VALUE ...]\n\nTargets")
    _table(_TARGETS)
    print("\nExperiments (each is a target)")
    _table(
        {
            name.replace("_", "-"): _summary(name, len(experiment.variants))
            for name, experiment in experiments().items()
        }
    )
    print("\nSettings, with their values now")
    values = {
        "PROFILE": request.profile,
        "SEEDS": " ".join(map(str, request.seeds)),
        "STUDY": request.study,
        "DATA": request.data,
        "FACES": request.faces or "",
        "DIGITS": request.digits or "",
        "THREADS": request.threads,
        "ALLOW_MISSING": int(request.allow_missing),
    }
    _table({f"{name}={values[name]}": text for name, text in _SETTINGS.items()})
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
