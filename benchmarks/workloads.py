"""The trainings that are measured, and the expected minimum ratios of speed. No TensorFlow here."""

import dataclasses
from collections.abc import Mapping

from lib.config.base import Settings, replaced
from lib.config.experiments import experiments


@dataclasses.dataclass(frozen=True)
class Workload:
    """Trainings of an experiment, reduced so that an epoch takes seconds.

    More than one variant is a sweep: this project trains them side by side with one thread each,
    as `make` does; the other implementations train them one after another on all cores.
    `minimum_ratios` are the expected minimum ratios of this project's speed to that of another
    implementation on a CPU.
    """

    name: str
    experiment: str
    variants: tuple[str, ...]
    reduced: Mapping[str, object]
    minimum_ratios: Mapping[str, float]

    @property
    def settings(self) -> list[Settings]:
        """The settings of each training."""
        experiment = experiments()[self.experiment]
        return [
            replaced(experiment.settings, {**experiment.variants[variant], **self.reduced})
            for variant in self.variants
        ]

    @property
    def is_sweep(self) -> bool:
        """Whether there is more than one training."""
        return len(self.variants) > 1


SPLITS = ("train-95", "train-90", "train-75", "train-50", "train-25", "train-10", "train-05")

WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "vae_64",
            "vae_64",
            ("published",),
            reduced={"image_count": 240},
            minimum_ratios={"keras": 1.25, "pytorch": 1.1},
        ),
        Workload(
            "gan_128",
            "gan_128",
            ("published",),
            reduced={"image_count": 800, "steps_per_epoch": 2},
            minimum_ratios={"keras": 1.1, "pytorch": 1.5},
        ),
        Workload(
            "text2text",
            "text2text",
            SPLITS[:1],
            reduced={"query_count": 4_000},
            minimum_ratios={"keras": 2.5, "pytorch": 1.0},
        ),
        Workload(
            "text2text sweep",
            "text2text",
            SPLITS,
            reduced={"query_count": 5_000},
            minimum_ratios={"keras": 4.0, "pytorch": 1.4},
        ),
        Workload(
            "image2text flatten",
            "image2text",
            ("flatten",),
            reduced={"query_count": 2_500},
            minimum_ratios={"keras": 2.0, "pytorch": 1.0},
        ),
        Workload(
            "image2text convlstm",
            "image2text",
            ("convlstm",),
            reduced={"query_count": 320},
            minimum_ratios={"keras": 1.3, "pytorch": 1.0},
        ),
        Workload(
            "text2image 1/1/512",
            "text2image",
            ("1-1-512",),
            reduced={"query_count": 2_500},
            minimum_ratios={"keras": 1.5, "pytorch": 1.0},
        ),
    )
}

# Trainings of a few steps, which measure how long a process takes to its first steps.
FIRST_STEPS = tuple(
    dataclasses.replace(WORKLOADS[name], name=f"{name}: start to first steps", reduced=reduced)
    for name, reduced in (("vae_64", {"image_count": 24}), ("text2text", {"query_count": 100}))
)
