"""Which runs' weights come with the project; see `lib.trained.recorded` for their files."""

from collections.abc import Sequence

from lib.config.experiments import experiments
from lib.runs.directories import Run
from lib.system.paths import display

# Of each, the variant that changes no setting, or else the first; at full scale, with seed 0.
EXPERIMENTS = (
    *("vae_32", "vae_64", "vae_128", "vae_corrected", "gan_corrected", "digit_classifier"),
    *("text2text_corrected", "image2text_corrected", "text2image_corrected"),
)
PROFILE = "paper"


def record(runs: Sequence[Run]) -> None:
    """Record the weights of those of the finished `runs` whose models come with the project."""
    chosen = [run for run in runs if run.is_finished and _is_chosen(run)]
    if not chosen:
        return
    from lib.system import runtime  # noqa: F401 - sets up TensorFlow, which takes seconds
    from lib.trained import loading, recorded

    for run in chosen:
        settings = run.config["spec"]["settings"]
        written = recorded.write(run.key.experiment, loading.networks_of(run.key), settings)
        print(f"weights: {display(written)}")


def _is_chosen(run: Run) -> bool:
    key = run.key
    if key.experiment not in EXPERIMENTS or key.profile != PROFILE or key.seed != 0:
        return False
    variants = experiments()[key.experiment].variants
    unchanged = [name for name, changes in variants.items() if not changes]
    return key.variant == [*unchanged, *variants][0]
