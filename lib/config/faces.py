"""The settings of the models of faces; the defaults are the published values.

A setting marked with an E is a suspected defect of the original (see the report's list): its
default is as published, and its other value is the corrected one.
"""

import dataclasses
from typing import Annotated, Literal

from lib.config.base import FACE_COUNT, LARGEST_BATCH, BatchSize, FaceCount, Settings
from lib.config.ranges import HalfOpenUnitInterval, PositiveFloat, PositiveInt, Range

# Some layers have a quarter of the filters.
AtLeastFour = Annotated[int, Range(minimum=4)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class CAESettings(Settings):
    """Convolutional autoencoder."""

    trainer = "lib.models.faces.autoencoder:CAETrainer"
    uses = ("faces",)
    targets = ("reconstruct", "interpolate", "encode")

    filters: PositiveInt = 128
    latent_dim: PositiveInt = 512
    epochs: PositiveInt = 50
    batch_size: BatchSize = 64
    image_count: FaceCount = FACE_COUNT  # the first ones


@dataclasses.dataclass(frozen=True, kw_only=True)
class VAESettings(Settings):
    """Variational autoencoder."""

    trainer = "lib.models.faces.vae:VAETrainer"
    uses = ("faces",)
    targets = ("generate", "reconstruct", "interpolate", "encode")

    filters: PositiveInt = 64
    latent_dim: PositiveInt
    epochs: PositiveInt = 50
    batch_size: BatchSize = 8
    image_count: FaceCount = FACE_COUNT
    # E1: the KL divergence in the loss: absent, summed over the batch, or averaged.
    kl: Literal["none", "sum", "mean"] = "none"
    sample_scale: PositiveFloat = 1 / 6  # E7: standard deviation of sampled latents


@dataclasses.dataclass(frozen=True, kw_only=True)
class GANSettings(Settings):
    """Generative adversarial network."""

    trainer = "lib.models.faces.gan:GANTrainer"
    uses = ("faces",)
    targets = ("generate", "interpolate")
    primary_metric = "samples_swd"

    filters: PositiveInt = 128
    latent_dim: PositiveInt
    epochs: PositiveInt = 50
    steps_per_epoch: PositiveInt = 312
    # Half of a batch is real.
    batch_size: Annotated[int, Range(minimum=2, maximum=LARGEST_BATCH)] = 64
    learning_rate: PositiveFloat = 2e-4
    adam_beta_1: HalfOpenUnitInterval = 0.5
    optimizer: Literal["shared", "separate"] = "shared"  # E11: one Adam for both networks, or two
    image_count: FaceCount = FACE_COUNT

    @property
    def real_per_step(self) -> int:
        """The number of real faces in a step."""
        return self.batch_size // 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectedVAESettings(Settings):
    """Variational autoencoder on the evidence lower bound, its defects corrected."""

    trainer = "lib.models.faces.vae_corrected:CorrectedVAETrainer"
    uses = ("faces",)
    targets = ("generate", "reconstruct", "interpolate", "encode")
    primary_metric = "samples_swd"

    filters: AtLeastFour = 64  # at the smallest resolution
    latent_dim: PositiveInt = 64
    epochs: PositiveInt = 40
    batch_size: BatchSize = 16
    image_count: FaceCount = FACE_COUNT
    sample_scale: PositiveFloat = 1.0  # the prior's own


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectedGANSettings(GANSettings):
    """Generative adversarial network, corrected; a step sees `batch_size` real faces."""

    trainer = "lib.models.faces.gan_corrected:CorrectedGANTrainer"

    filters: AtLeastFour = 96  # at the smallest resolution
    latent_dim: PositiveInt = 64
    learning_rate: PositiveFloat = 8e-4
    steps_per_epoch: PositiveInt = 624  # as many real faces as in the published epoch
    batch_size: BatchSize = 16
    optimizer: Literal["separate"] = "separate"
    average_decay: HalfOpenUnitInterval = 0.999  # of the generator's moving average, per step

    @property
    def real_per_step(self) -> int:
        """The number of real faces in a step."""
        return self.batch_size
