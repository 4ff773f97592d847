"""What can be set in each kind of training; the defaults are the published values.

A setting marked with an E is a suspected defect of the original (see the report's list): its
default is as published, its other value is what changes where the suspicion is tested.
"""

import dataclasses
import functools
import typing
from typing import ClassVar, Literal

from lib.errors import UserError

FACE_COUNT = 20_000  # as many as the original takes; no more are prepared
QUERY_COUNT = 20_000  # all there are


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What every training has."""

    trainer: ClassVar[str]  # "module:class", imported only when a training starts
    uses: ClassVar[tuple[str, ...]] = ()  # the data sets it reads: "faces", "digits"
    needs: ClassVar[tuple[str, ...]] = ()  # the experiments whose finished runs it reads
    keeps_weights: ClassVar[bool] = False  # in the run directory, for others to read
    headline: ClassVar[str] = "loss"  # the metric that tells most
    # Counts how often the model's code has changed the numbers that the same settings give.
    model_version: ClassVar[int] = 1
    at_least: ClassVar[tuple[tuple[str, int], ...]] = ()  # what a smaller value leaves nothing of

    epochs: int
    batch_size: int
    learning_rate: float = 1e-3


@dataclasses.dataclass(frozen=True, kw_only=True)
class CAESettings(Settings):
    """Convolutional autoencoder."""

    trainer = "lib.models.autoencoder:CAETraining"
    uses = ("faces",)

    filters: int = 128
    latent_dim: int = 512
    epochs: int = 50
    batch_size: int = 64
    image_count: int = FACE_COUNT  # the first so many images


@dataclasses.dataclass(frozen=True, kw_only=True)
class VAESettings(Settings):
    """Variational autoencoder."""

    trainer = "lib.models.vae:VAETraining"
    uses = ("faces",)
    model_version = 2  # without a KL divergence in the loss

    filters: int = 64
    latent_dim: int
    epochs: int = 50
    batch_size: int = 8
    image_count: int = FACE_COUNT
    # E1: the KL divergence in the loss: none of it, its sum over the batch, or its mean.
    kl: Literal["none", "sum", "mean"] = "none"
    sample_scale: float = 1 / 6  # E7: standard deviation of the latents that samples are drawn from


@dataclasses.dataclass(frozen=True, kw_only=True)
class GANSettings(Settings):
    """Generative adversarial network."""

    trainer = "lib.models.gan:GANTraining"
    uses = ("faces",)
    model_version = 2  # one Adam for both networks
    headline = "samples_swd"
    at_least = (("batch_size", 2),)

    filters: int = 128
    latent_dim: int
    epochs: int = 50
    steps_per_epoch: int = 312
    batch_size: int = 64
    learning_rate: float = 2e-4
    adam_beta_1: float = 0.5
    optimizer: Literal["shared", "separate"] = "shared"  # E11: one Adam for both networks, or two
    image_count: int = FACE_COUNT

    @property
    def real_per_step(self) -> int:
        """How many real faces a step sees."""
        return self.batch_size // 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedVAESettings(Settings):
    """Variational autoencoder on the evidence lower bound, its defects mended."""

    trainer = "lib.models.vae_fixed:FixedVAETraining"
    uses = ("faces",)
    headline = "samples_swd"
    at_least = (("filters", 4),)

    filters: int = 64  # where the image is smallest
    latent_dim: int = 64
    epochs: int = 35
    batch_size: int = 16
    image_count: int = FACE_COUNT
    sample_scale: float = 1.0  # the prior's own


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedGANSettings(GANSettings):
    """Generative adversarial network, its defects mended; a step sees `batch_size` real faces."""

    trainer = "lib.models.gan_fixed:FixedGANTraining"
    model_version = 1
    at_least = (("filters", 4),)

    filters: int = 96  # where the image is smallest
    latent_dim: int = 64
    learning_rate: float = 8e-4
    steps_per_epoch: int = 624  # as many real faces as in the published epoch
    batch_size: int = 16
    optimizer: Literal["shared", "separate"] = "separate"
    average_decay: float = 0.999  # of the generator's moving average, a step

    @property
    def real_per_step(self) -> int:
        """How many real faces a step sees."""
        return self.batch_size


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

    trainer = "lib.models.text2text:Text2TextTraining"
    headline = "test_accuracy"

    units: int = 256
    epochs: int = 100
    batch_size: int = 32
    train_fraction: float = 0.95
    validation_fraction: float = 0.1  # of the training part
    split_seed: int = 42


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image2TextSettings(SequenceSettings):
    """Recurrent encoder-decoder from a query as digit images to a written answer."""

    trainer = "lib.models.image2text:Image2TextTraining"
    uses = ("digits",)
    headline = "validation_accuracy"
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

    trainer = "lib.models.text2image:Text2ImageTraining"
    uses = ("digits",)
    model_version = 2  # operators without smoothing
    headline = "validation_loss"

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
    redraw_digits: bool = False  # E5: draw other target handwriting in each epoch


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedText2TextSettings(SequenceSettings):
    """Recurrent network from a written query to a written answer, from few examples."""

    trainer = "lib.models.text2text_fixed:FixedText2TextTraining"
    headline = "test_underived_exact_match"

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
class DigitReaderSettings(Settings):
    """Classifier of single symbols."""

    trainer = "lib.models.digit_reader:DigitReaderTraining"
    uses = ("digits",)
    model_version = 2  # operators without smoothing
    headline = "test_accuracy"
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
    """The published image-to-text models, tested on unseen handwriting as well (E9)."""

    trainer = "lib.models.image2text_ablation:Image2TextAblationTraining"


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedImage2TextSettings(SequenceSettings):
    """Convolutional network on each image, recurrent network from symbols to a written answer."""

    trainer = "lib.models.image2text_fixed:FixedImage2TextTraining"
    uses = ("digits",)
    model_version = 2  # operators without smoothing
    headline = "test_exact_match"

    filters: int = 16  # of the first convolution; of the others three and six times as many
    units: int = 128
    epochs: int = 32
    batch_size: int = 32
    learning_rate: float = 3e-3  # at first; decayed by a cosine
    weight_decay: float = 0.1
    symbol_weight: float = 1.0  # of the cross-entropy of each image's symbol
    test_fraction: float = 0.2
    split_seed: int = 69  # for seed 0; the run's seed is added
    rotation: float = 0.03  # largest turn, as a share of a full one
    zoom: float = 0.1
    translation: float = 0.07  # as a share of the image's side


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text2ImageAblationSettings(Text2ImageSettings):
    """The published text-to-image model, whose answers are read (E6)."""

    trainer = "lib.models.text2image_ablation:Text2ImageAblationTraining"
    needs = ("digit_reader",)
    headline = "validation_read_accuracy"


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedText2ImageSettings(SequenceSettings):
    """Recurrent network from a written query to symbols, adversarial generator of their images."""

    trainer = "lib.models.text2image_fixed:FixedText2ImageTraining"
    uses = ("digits",)
    model_version = 2  # operators without smoothing
    needs = ("digit_reader",)
    headline = "test_read_exact_match"
    at_least = (("filters", 2), ("judge_filters", 2))

    units: int = 128
    filters: int = 64  # of the generator where the image is smallest
    judge_filters: int = 32  # of discriminator and proofreader
    style_dim: int = 32
    epochs: int = 30
    batch_size: int = 64
    learning_rate: float = 3e-3  # of the calculator, at first; decayed by a cosine
    weight_decay: float = 0.1  # of the calculator
    generator_learning_rate: float = 1e-3  # at first; decayed by a cosine
    discriminator_learning_rate: float = 2e-3  # at first; decayed by a cosine
    proofreader_learning_rate: float = 1e-3  # at first; decayed by a cosine
    adam_beta_1: float = 0.5  # of generator and discriminator
    symbol_weight: float = 0.7  # of the proofreader's cross-entropy in the generator's loss
    average_decay: float = 0.998  # of the generator's moving average, a step
    style_scale: float = 0.85  # of the styles drawn with, where those trained with have 1
    test_fraction: float = 0.2
    split_seed: int = 69  # for seed 0; the run's seed is added


# With fewer, some part of a split is empty, or there are too few faces to show and to compare.
_AT_LEAST = {"query_count": 100, "image_count": 20, "digit_count": 100}
_AT_MOST = {"query_count": QUERY_COUNT, "image_count": FACE_COUNT, "batch_size": 2**16}
_BELOW_ONE = ("fraction", "beta_1", "average_decay", "factor", "dropout")
_MAY_BE_ZERO = (
    "seed",
    "patience",
    "decay",
    "_weight",
    "rotation",
    "zoom",
    "translation",
    "beta_1",
    "dropout",
)


def names(settings: type[Settings] | Settings) -> list[str]:
    """Return the names of the fields that can be set."""
    return [field.name for field in dataclasses.fields(settings)]


def replaced(settings: Settings, changes: dict[str, object]) -> Settings:
    """Return `settings` with `changes` (values or texts, as given on a command line) put in.

    Raises UserError for an unknown name or a value of the wrong type or range.
    """
    hints = _types(type(settings))
    values = {}
    for name, value in changes.items():
        if name not in names(settings):
            raise UserError(f"unknown setting {name}; known here: {', '.join(names(settings))}")
        least = dict(settings.at_least).get(name, _AT_LEAST.get(name, 0))
        values[name] = _checked(name, value, hints[name], least)
    return dataclasses.replace(settings, **values)


_types = functools.cache(typing.get_type_hints)


def _checked(name: str, value: object, kind: object, least: int) -> object:
    choices = {str(choice): choice for choice in typing.get_args(kind)}
    if choices:
        if str(value) not in choices:
            raise UserError(f"{name.upper()}={value}: choose one of {', '.join(choices)}")
        return choices[str(value)]
    if kind is bool:
        known = {"true": True, "1": True, "false": False, "0": False}
        if str(value).lower() not in known:
            raise UserError(f"{name.upper()}={value}: choose true or false")
        return known[str(value).lower()]
    try:
        number = kind(value)
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise UserError(f"{name.upper()}={value}: expected {what}") from None
    may_be_zero = name.endswith(_MAY_BE_ZERO)
    if not (number > 0 or (may_be_zero and number == 0)) or number == float("inf"):
        wanted = "0 or more" if may_be_zero else "a positive number"
        raise UserError(f"{name.upper()}={value}: expected {wanted}")
    if number < least:
        raise UserError(f"{name.upper()}={value}: expected at least {least}")
    if number > _AT_MOST.get(name, number):
        raise UserError(f"{name.upper()}={value}: expected at most {_AT_MOST[name]}")
    # A run's own seed may be added, and numpy takes them below 2**32.
    if name.endswith("seed") and number >= 2**31:
        raise UserError(f"{name.upper()}={value}: expected a whole number below {2**31}")
    if name.endswith(_BELOW_ONE) and number >= 1:
        raise UserError(f"{name.upper()}={value}: expected a number below 1")
    return number
