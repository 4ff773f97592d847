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


SPLITS = tuple(experiments()["text2text"].variants)

_GAN_SCALE = {"image_count": 800, "steps_per_epoch": 2}
WORKLOADS = {
    name: Workload(name, experiment, variants, reduced, {"keras": keras, "pytorch": pytorch})
    for name, experiment, variants, reduced, keras, pytorch in (
        ("vae_64", "vae_64", ("published",), {"image_count": 240}, 1.25, 1.1),
        ("gan_128", "gan_128", ("published",), _GAN_SCALE, 1.1, 1.5),
        ("text2text", "text2text", SPLITS[:1], {"query_count": 4_000}, 2.5, 1.0),
        ("text2text sweep", "text2text", SPLITS, {"query_count": 5_000}, 4.0, 1.4),
        ("image2text flatten", "image2text", ("flatten",), {"query_count": 2_500}, 2.0, 1.0),
        ("image2text convlstm", "image2text", ("convlstm",), {"query_count": 320}, 1.3, 1.0),
        ("text2image 1/1/512", "text2image", ("1-1-512",), {"query_count": 2_500}, 1.5, 1.0),
    )
}

# Trainings of a few steps, which measure how long a process takes to its first steps.
FIRST_STEPS = tuple(
    dataclasses.replace(WORKLOADS[name], name=f"{name}: start to first steps", reduced=reduced)
    for name, reduced in (("vae_64", {"image_count": 24}), ("text2text", {"query_count": 100}))
)
