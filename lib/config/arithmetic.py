"""What can be set in the training of models of arithmetic; the defaults are the published values.

A setting marked with an E is a suspected defect of the original (see the report's list): its
default is as published, and its other value is the corrected one.
"""

import dataclasses
from typing import Literal

from lib.config.base import QUERY_COUNT, Settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class SequenceSettings(Settings):
    """What the three recurrent encoder-decoders have."""

    query_count: int = QUERY_COUNT  # drawn at random where fewer than all
    # Recurrent layers by XLA: faster steps, some seconds until the first. Of models that have
    # convolutions a CPU compiles at most what lies between these, a GPU everything.
    compile: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text2TextSettings(SequenceSettings):
    """Recurrent encoder-decoder from a written query to a written answer."""

    trainer = "lib.models.arithmetic.text2text:Text2TextTrainer"
    primary_metric = "test_accuracy"

    units: int = 256
    epochs: int = 100
    batch_size: int = 32
    train_fraction: float = 0.95
    validation_fraction: float = 0.1  # of the training part
    split_seed: int = 42


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image2TextSettings(SequenceSettings):
    """Recurrent encoder-decoder from a query as digit images to a written answer."""

    trainer = "lib.models.arithmetic.image2text:Image2TextTrainer"
    uses = ("digits",)
    primary_metric = "validation_accuracy"
    model_version = 2  # Keras 3's ConvLSTM, three warps in a row, operators without smoothing

    encoder: Literal["flatten", "convlstm"] = "flatten"
    units: int = 256
    filters: int = 32  # of the ConvLSTM
    dropout: float = 0.3  # of the ConvLSTM's images, and of the code
    decoder_dropout: float = 0.4  # of the decoder's input
    recurrent_dropout: float = 0.3  # of the states of ConvLSTM and decoder
    epochs: int = 100
    batch_size: int = 64
    validation_fraction: float = 0.2  # E12: 0.75 in the published models without augmentation
    split_seed: int = 69
    augment: bool = True
    rotation: float = 0.05  # largest turn, as a share of a full one
    zoom: float = 0.1
    translation: float = 0.1  # as a share of the image's side
    # E13: of the augmented images: one after each of rotation, zoom and shift, or one for all.
    interpolations: Literal[3, 1] = 3
    rescale_twice: bool = True  # E3: pixels in [0, 1] are divided by 255 once more


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text2ImageSettings(SequenceSettings):
    """Recurrent encoder-decoder from a written query to an answer as digit images."""

    trainer = "lib.models.arithmetic.text2image:Text2ImageTrainer"
    uses = ("digits",)
    model_version = 2  # operators without smoothing
    primary_metric = "validation_loss"

    encoder_layers: int = 1
    decoder_layers: int = 1
    units: int = 512
    epochs: int = 20
    batch_size: int = 128
    validation_fraction: float = 0.2
    validation: Literal["last", "random"] = "last"  # E4: the last queries in order, or any
    stop_patience: int = 5  # E10: epochs without a better validation loss
    reduce_patience: int = 3  # E10: likewise, until the learning rate is reduced
    reduce_factor: float = 0.5
    minimum_learning_rate: float = 1e-6
    resample_digits: bool = False  # E5: draw other target digit instances in each epoch


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectedText2TextSettings(SequenceSettings):
    """Recurrent network from a written query to a written answer, from few examples."""

    trainer = "lib.models.arithmetic.text2text_corrected:CorrectedText2TextTrainer"
    primary_metric = "test_not_derivable_exact_match"

    units: int = 128
    epochs: int = 130
    batch_size: int = 64
    learning_rate: float = 5e-3  # at first; decayed by a cosine
    weight_decay: float = 0.3
    train_fraction: float = 0.05
    split_seed: int = 42  # for seed 0; the run's seed is added
    align: bool = True  # numbers and answers place by place, or as text
    # What else is trained on of all that follows from the training queries' answers.
    derive: Literal["nothing", "exchanged", "families"] = "families"


@dataclasses.dataclass(frozen=True, kw_only=True)
class DigitClassifierSettings(Settings):
    """Classifier of single tokens."""

    trainer = "lib.models.arithmetic.digit_classifier:DigitClassifierTrainer"
    uses = ("digits",)
    model_version = 2  # operators without smoothing
    primary_metric = "test_accuracy"
    keeps_weights = True

    filters: int = 16
    epochs: int = 4
    batch_size: int = 128
    learning_rate: float = 2e-3  # at first; decayed by a cosine
    digit_count: int = 60_000  # the first so many of the training part
    rotation: float = 0.03  # largest turn, as a share of a full one
    zoom: float = 0.1
    translation: float = 0.07  # as a share of the image's side


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image2TextAblationSettings(Image2TextSettings):
    """The published image-to-text models, tested on unseen digit instances as well (E9)."""

    trainer = "lib.models.arithmetic.image2text_ablation:Image2TextAblationTrainer"


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectedImage2TextSettings(SequenceSettings):
    """Convolutional network on each image, recurrent network from tokens to a written answer."""

    trainer = "lib.models.arithmetic.image2text_corrected:CorrectedImage2TextTrainer"
    uses = ("digits",)
    model_version = 2  # operators without smoothing
    primary_metric = "test_exact_match"

    filters: int = 16  # of the first convolution; of the others three and six times as many
    units: int = 128
    epochs: int = 32
    batch_size: int = 32
    learning_rate: float = 3e-3  # at first; decayed by a cosine
    weight_decay: float = 0.1
    token_weight: float = 1.0  # of the cross-entropy of each image's token
    test_fraction: float = 0.2
    split_seed: int = 69  # for seed 0; the run's seed is added
    rotation: float = 0.03  # largest turn, as a share of a full one
    zoom: float = 0.1
    translation: float = 0.07  # as a share of the image's side


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text2ImageAblationSettings(Text2ImageSettings):
    """The published text-to-image model, whose answers are read (E6)."""

    trainer = "lib.models.arithmetic.text2image_ablation:Text2ImageAblationTrainer"
    needs = ("digit_classifier",)
    primary_metric = "validation_classified_accuracy"


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectedText2ImageSettings(SequenceSettings):
    """Recurrent network from a written query to tokens, adversarial generator of their images."""

    trainer = "lib.models.arithmetic.text2image_corrected:CorrectedText2ImageTrainer"
    uses = ("digits",)
    model_version = 2  # operators without smoothing
    needs = ("digit_classifier",)
    primary_metric = "test_classified_exact_match"
    at_least = (("filters", 2), ("discriminator_filters", 2))

    units: int = 128
    filters: int = 64  # of the generator where the image is smallest
    discriminator_filters: int = 32  # of discriminator and auxiliary classifier
    style_dim: int = 32
    epochs: int = 30
    batch_size: int = 64
    learning_rate: float = 3e-3  # of the answer predictor, at first; decayed by a cosine
    weight_decay: float = 0.1  # of the answer predictor
    generator_learning_rate: float = 1e-3  # at first; decayed by a cosine
    discriminator_learning_rate: float = 2e-3  # at first; decayed by a cosine
    classifier_learning_rate: float = 1e-3  # at first; decayed by a cosine
    adam_beta_1: float = 0.5  # of generator and discriminator
    token_weight: float = 0.7  # of the auxiliary classifier's cross-entropy in the generator's loss
    average_decay: float = 0.998  # of the generator's moving average, a step
    truncation: float = 0.85  # of the styles drawn with, where those trained with have 1
    test_fraction: float = 0.2
    split_seed: int = 69  # for seed 0; the run's seed is added
