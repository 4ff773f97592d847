"""Make's targets besides the experiments, with what they do."""

TARGETS = {
    "all": "everything: data, experiments, figures, report",
    "data": "prepare faces and digits in data/",
    "experiments": "train all experiments, without figures and report",
    "figures": "draw all figures into build/figures/",
    "report": "build/report.html and build/report.pdf",
    "generate": "samples of a trained model: MODEL=vae-32 COUNT=64 SEED=0, RECORDED=1",
    "reconstruct": "your images by a trained autoencoder: MODEL=vae-32 FACES=<image or folder>",
    "interpolate": 'paths between samples or images: MODEL=vae-32 FACES="a.jpg b.jpg" STEPS=9',
    "encode": "the latents of your images as .npz and .csv: MODEL=vae-32 FACES=<folder>",
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
    "clean": "remove build/: figures, reports, what trained models made; data/ and runs/ stay",
}


def names() -> list[str]:
    """Return the names of these targets."""
    return [name for names in TARGETS for name in names.split(", ")]
