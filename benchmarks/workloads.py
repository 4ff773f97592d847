"""What is trained in three ways, and how much faster ours is expected to be. No TensorFlow here."""

import dataclasses
from collections.abc import Callable, Mapping

from lib.config.base import Settings, replaced
from lib.config.experiments import experiments

WAYS = ("ours", "notebook", "torch")


@dataclasses.dataclass(frozen=True)
class Workload:
    """Trainings of an experiment, cut down so that an epoch takes seconds.

    More than one make a sweep: ours trains them side by side, one thread each, as `make` does; the
    other ways train one after another on all cores. `expected` is the least ratio of our samples
    per second to those of another way that we want to see on a CPU.
    """

    name: str
    experiment: str
    variants: tuple[str, ...]
    reduced: Mapping[str, object]
    expected: Mapping[str, float]

    @property
    def trainings(self) -> list[Settings]:
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


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A training that is ready to go: what a worker process measures.

    `train_epoch` takes `examples` training examples, and evaluates the validation part where there
    is one. `flops` are a training step's floating-point operations for one example, 0 if unknown.
    """

    train_epoch: Callable[[], object]
    examples: int
    parameters: int
    flops: int = 0


SPLITS = ("train-95", "train-90", "train-75", "train-50", "train-25", "train-10", "train-05")

WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "vae_64",
            "vae_64",
            ("published",),
            reduced={"image_count": 240},
            expected={"notebook": 1.25, "torch": 1.1},
        ),
        Workload(
            "gan_128",
            "gan_128",
            ("published",),
            reduced={"image_count": 800, "steps_per_epoch": 2},
            expected={"notebook": 1.1, "torch": 1.5},
        ),
        Workload(
            "text2text",
            "text2text",
            SPLITS[:1],
            reduced={"query_count": 4_000},
            expected={"notebook": 2.5, "torch": 1.0},
        ),
        Workload(
            "text2text sweep",
            "text2text",
            SPLITS,
            reduced={"query_count": 5_000},
            expected={"notebook": 4.0, "torch": 1.4},
        ),
        Workload(
            "image2text flatten",
            "image2text",
            ("flatten",),
            reduced={"query_count": 2_500},
            expected={"notebook": 2.0, "torch": 1.0},
        ),
        Workload(
            "image2text convlstm",
            "image2text",
            ("convlstm",),
            reduced={"query_count": 320},
            expected={"notebook": 1.3, "torch": 1.0},
        ),
        Workload(
            "text2image 1/1/512",
            "text2image",
            ("1-1-512",),
            reduced={"query_count": 2_500},
            expected={"notebook": 1.5, "torch": 1.0},
        ),
    )
}

# Settings that leave next to nothing to train on, to time a start with.
FEW: dict[str, dict[str, object]] = {
    "vae_64": {"image_count": 24},
    "text2text": {"query_count": 100},
}
