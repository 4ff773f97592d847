"""The settings of the models of arithmetic; the defaults are the published values.

A setting marked with an E is a suspected defect of the original (see the report's list): its
default is as published, and its other value is the corrected one.
"""

import dataclasses
from typing import Annotated, Literal

from lib.config.base import QUERY_COUNT, BatchSize, DigitCount, QueryCount, Settings
from lib.config.ranges import (
    HalfOpenUnitInterval,
    NonNegativeFloat,
    NonNegativeInt,
    OpenUnitInterval,
    PositiveFloat,
    PositiveInt,
    Range,
    Seed,
)

# Some layers have half as many filters.
AtLeastTwo = Annotated[int, Range(minimum=2)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SequenceSettings(Settings):
    """The settings that all recurrent models share."""

    targets = ("answer",)

    query_count: QueryCount = QUERY_COUNT  # a random sample if fewer than all
    # Compile recurrent layers with XLA: faster steps, but the first takes some seconds. On a CPU,
    # convolutions are never compiled; on a GPU, everything is.
    compile: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text2TextSettings(SequenceSettings):
    """Recurrent encoder-decoder from a written query to a written answer."""

    trainer = "lib.models.arithmetic.text2text:Text2TextTrainer"
    primary_metric = "test_accuracy"

    units: PositiveInt = 256
    epochs: PositiveInt = 100
    batch_size: BatchSize = 32
    train_fraction: OpenUnitInterval = 0.95
    validation_fraction: OpenUnitInterval = 0.1  # of the training split
    split_seed: Seed = 42


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image2TextSettings(SequenceSettings):
    """Recurrent encoder-decoder from a query as digit images to a written answer."""

    trainer = "lib.models.arithmetic.image2text:Image2TextTrainer"
    uses = ("digits",)
    primary_metric = "validation_accuracy"

    encoder: Literal["flatten", "convlstm"] = "flatten"
    units: PositiveInt = 256
    filters: PositiveInt = 32  # of the ConvLSTM
    dropout: HalfOpenUnitInterval = 0.3  # of the ConvLSTM's images, and of the code
    decoder_dropout: HalfOpenUnitInterval = 0.4  # of the decoder's input
    recurrent_dropout: HalfOpenUnitInterval = 0.3  # of the states of ConvLSTM and decoder
    epochs: PositiveInt = 100
    batch_size: BatchSize = 64
    # E12: 0.75 in the published models without augmentation.
    validation_fraction: OpenUnitInterval = 0.2
    split_seed: Seed = 69
    augment: bool = True
    rotation: NonNegativeFloat = 0.05  # largest rotation, as a fraction of a full turn
    zoom: HalfOpenUnitInterval = 0.1
    translation: NonNegativeFloat = 0.1  # as a fraction of the image's side
    # E13: augmentation interpolates three times (rotation, zoom, shift) or once for all.
    interpolations: Literal[3, 1] = 3
    rescale_twice: bool = True  # E3: pixels in [0, 1] are divided by 255 once more


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text2ImageSettings(SequenceSettings):
    """Recurrent encoder-decoder from a written query to an answer as digit images."""

    trainer = "lib.models.arithmetic.text2image:Text2ImageTrainer"
    uses = ("digits",)
    primary_metric = "validation_loss"

    encoder_layers: PositiveInt = 1
    decoder_layers: PositiveInt = 1
    units: PositiveInt = 512
    epochs: PositiveInt = 20
    batch_size: BatchSize = 128
    validation_fraction: OpenUnitInterval = 0.2
    validation: Literal["last", "random"] = "last"  # E4: the last queries in order, or random ones
    stop_patience: NonNegativeInt = 5  # E10: epochs without a better validation loss
    reduce_patience: NonNegativeInt = 3  # E10: such epochs until the learning rate is reduced
    reduce_factor: OpenUnitInterval = 0.5
    minimum_learning_rate: PositiveFloat = 1e-6
    resample_digits: bool = False  # E5: sample new target digit instances each epoch


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectedText2TextSettings(SequenceSettings):
    """Recurrent network from a written query to a written answer, from few examples."""

    trainer = "lib.models.arithmetic.text2text_corrected:CorrectedText2TextTrainer"
    primary_metric = "test_not_derivable_exact_match"

    units: PositiveInt = 128
    epochs: PositiveInt = 130
    batch_size: BatchSize = 64
    learning_rate: PositiveFloat = 5e-3  # initial; cosine decay
    weight_decay: NonNegativeFloat = 0.3
    train_fraction: OpenUnitInterval = 0.05
    split_seed: Seed = 42  # for seed 0; the run's seed is added
    align: bool = True  # numbers and answers digit by digit, or as text
    # Which queries derived from the training queries are added to the training split.
    derive: Literal["nothing", "exchanged", "families"] = "families"


@dataclasses.dataclass(frozen=True, kw_only=True)
class DigitClassifierSettings(Settings):
    """Classifier of single tokens."""

    trainer = "lib.models.arithmetic.digit_classifier:DigitClassifierTrainer"
    uses = ("digits",)
    primary_metric = "test_accuracy"
    keeps_weights = True

    filters: PositiveInt = 16
    epochs: PositiveInt = 4
    batch_size: BatchSize = 128
    learning_rate: PositiveFloat = 2e-3  # initial; cosine decay
    digit_count: DigitCount = 60_000  # the first ones of the training split
    rotation: NonNegativeFloat = 0.03  # largest rotation, as a fraction of a full turn
    zoom: HalfOpenUnitInterval = 0.1
    translation: NonNegativeFloat = 0.07  # as a fraction of the image's side


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image2TextAblationSettings(Image2TextSettings):
    """The published image-to-text models, tested on unseen digit instances as well (E9)."""

    trainer = "lib.models.arithmetic.image2text_ablation:Image2TextAblationTrainer"


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectedImage2TextSettings(SequenceSettings):
    """Convolutional network on each image, recurrent network from tokens to a written answer."""

    trainer = "lib.models.arithmetic.image2text_corrected:CorrectedImage2TextTrainer"
    uses = ("digits",)
    primary_metric = "test_exact_match"

    filters: PositiveInt = 16  # of the first convolution; then 3 and 6 times as many
    units: PositiveInt = 128
    epochs: PositiveInt = 32
    batch_size: BatchSize = 32
    learning_rate: PositiveFloat = 3e-3  # initial; cosine decay
    weight_decay: NonNegativeFloat = 0.1
    token_weight: NonNegativeFloat = 1.0  # of the cross-entropy of each image's token
    test_fraction: OpenUnitInterval = 0.2
    split_seed: Seed = 69  # for seed 0; the run's seed is added
    rotation: NonNegativeFloat = 0.03  # largest rotation, as a fraction of a full turn
    zoom: HalfOpenUnitInterval = 0.1
    translation: NonNegativeFloat = 0.07  # as a fraction of the image's side


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text2ImageAblationSettings(Text2ImageSettings):
    """The published text-to-image model; a digit classifier reads its answers (E6)."""

    trainer = "lib.models.arithmetic.text2image_ablation:Text2ImageAblationTrainer"
    needs = ("digit_classifier",)
    primary_metric = "validation_classified_accuracy"


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectedText2ImageSettings(SequenceSettings):
    """Recurrent network from a written query to tokens, adversarial generator of their images."""

    trainer = "lib.models.arithmetic.text2image_corrected:CorrectedText2ImageTrainer"
    uses = ("digits",)
    needs = ("digit_classifier",)
    primary_metric = "test_classified_exact_match"

    units: PositiveInt = 128
    filters: AtLeastTwo = 64  # of the generator at its smallest resolution
    discriminator_filters: AtLeastTwo = 32  # of discriminator and auxiliary classifier
    style_dim: PositiveInt = 32
    epochs: PositiveInt = 30
    batch_size: BatchSize = 64
    learning_rate: PositiveFloat = 3e-3  # of the answer predictor; initial; cosine decay
    weight_decay: NonNegativeFloat = 0.1  # of the answer predictor
    generator_learning_rate: PositiveFloat = 1e-3  # initial; cosine decay
    discriminator_learning_rate: PositiveFloat = 2e-3  # initial; cosine decay
    classifier_learning_rate: PositiveFloat = 1e-3  # initial; cosine decay
    adam_beta_1: HalfOpenUnitInterval = 0.5  # of generator and discriminator
    # Of the auxiliary classifier's cross-entropy in the generator's loss.
    token_weight: NonNegativeFloat = 0.7
    average_decay: HalfOpenUnitInterval = 0.998  # of the generator's moving average, per step
    truncation: PositiveFloat = 0.85  # scale of the styles when sampling; 1 in training
    test_fraction: OpenUnitInterval = 0.2
    split_seed: Seed = 69  # for seed 0; the run's seed is added
