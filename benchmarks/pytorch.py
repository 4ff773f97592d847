"""PyTorch's way: the same models, as one who knows it writes them for a CPU.

Its defaults for threads and determinism, tensors in memory, fused Adam, channels last where that
was measured to pay, and recurrence by `nn.LSTM` wherever dropout allows it.
"""

import functools
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks import arrays
from benchmarks.pytorch_models import (
    VAE,
    ConvLSTM,
    DropoutDecoder,
    LastState,
    SequenceDecoder,
    downsampling,
    upsampling,
)
from benchmarks.workloads import Prepared
from lib.config.arithmetic import (
    Image2TextSettings,
    SequenceSettings,
    Text2ImageSettings,
    Text2TextSettings,
)
from lib.config.base import Settings
from lib.config.faces import GANSettings, VAESettings
from lib.data.arithmetic import ANSWER_LENGTH, QUERY_LENGTH, VOCABULARY
from lib.data.digits import SIDE

EVALUATION_BATCH = 500


def start(threads: int, settings: Settings) -> None:
    """Leave everything at its default."""
    del threads, settings


@functools.singledispatch
def prepare(settings: Settings) -> Prepared:
    """Return a training written in PyTorch."""
    raise TypeError(f"no PyTorch for {type(settings).__name__}")


@prepare.register
def _(settings: VAESettings) -> Prepared:
    model = VAE(settings.filters, settings.latent_dim).to(memory_format=torch.channels_last)
    optimizer = _adam(model, settings.learning_rate)
    faces = _faces(settings.image_count)

    def step(indices: Tensor) -> Tensor:
        images = faces[indices]
        decoded, _, _ = model(images)
        return functional.binary_cross_entropy(decoded, images)

    return Prepared(
        lambda: _train(step, optimizer, np.arange(len(faces)), settings.batch_size),
        len(faces),
        _count(model),
    )


@prepare.register
def _(settings: GANSettings) -> Prepared:
    last = torch.channels_last
    generator = upsampling(settings.filters, settings.latent_dim, nn.Tanh()).to(memory_format=last)
    discriminator = downsampling(settings.filters, 1).to(memory_format=last)
    optimizers = [
        _adam(model, settings.learning_rate, settings.adam_beta_1)
        for model in (discriminator, generator)
    ]
    faces = _faces(settings.image_count) * 2 - 1
    batch, half = settings.batch_size, settings.batch_size // 2
    labels = torch.cat([torch.ones(half, 1), torch.zeros(half, 1)])
    ones = torch.ones(batch, 1)

    def train() -> None:
        for _ in range(settings.steps_per_epoch):
            real = faces[torch.randint(len(faces), (half,))]
            with torch.no_grad():
                made = generator(torch.randn(half, settings.latent_dim))
            verdicts = discriminator(torch.cat([real, made]))
            _update(optimizers[0], functional.binary_cross_entropy(verdicts, labels))
            discriminator.requires_grad_(False)
            verdicts = discriminator(generator(torch.randn(batch, settings.latent_dim)))
            _update(optimizers[1], functional.binary_cross_entropy(verdicts, ones))
            discriminator.requires_grad_(True)

    parameters = _count(generator) + _count(discriminator)
    return Prepared(train, settings.steps_per_epoch * batch, parameters)


@prepare.register
def _(settings: Text2TextSettings) -> Prepared:
    model = nn.Sequential(
        LastState(len(VOCABULARY), settings.units), SequenceDecoder(settings.units)
    )
    queries, answers = arrays.written(np.arange(len(arrays.arithmetic().queries)))
    return _answering(settings, model, torch.from_numpy(arrays.one_hot(queries)), answers)


@prepare.register
def _(settings: Image2TextSettings) -> Prepared:
    if settings.encoder == "flatten":
        encoder = LastState(SIDE * SIDE, settings.units)
    else:
        encoder = nn.Sequential(
            ConvLSTM(1, settings.filters, settings.dropout, settings.recurrent_dropout),
            nn.Flatten(),
            nn.Linear(settings.filters * SIDE * SIDE, settings.units),
            nn.ReLU(),
        )
    decoder = DropoutDecoder(settings.units, settings.decoder_dropout, settings.recurrent_dropout)
    model = nn.Sequential(encoder, nn.Dropout(settings.dropout), decoder)
    queries, answers = arrays.written(np.arange(len(arrays.arithmetic().queries)))
    images = torch.from_numpy(arrays.drawn(queries)).reshape(-1, QUERY_LENGTH, 1, SIDE, SIDE)
    images /= 255
    return _answering(settings, model, images, answers, lambda batch: _augmented(batch, settings))


def _augmented(images: Tensor, settings: Image2TextSettings) -> Tensor:
    """Turn, zoom and shift each image, one after the other: (n, 5, 1, 28, 28)."""
    single = images.flatten(0, 1)
    turn, zoom, right, down = torch.rand(4, len(single)) * 2 - 1
    angle, scale = turn * settings.rotation * 2 * torch.pi, 1 + zoom * settings.zoom
    cosine, sine, zeros, ones = (
        angle.cos(),
        angle.sin(),
        torch.zeros_like(zoom),
        torch.ones_like(zoom),
    )
    # Coordinates run from -1 to 1, so a fraction of the side is twice as much.
    right, down = (2 * settings.translation * shift for shift in (right, down))
    for first, second in (
        ((cosine, sine, zeros), (-sine, cosine, zeros)),
        ((scale, zeros, zeros), (zeros, scale, zeros)),
        ((ones, zeros, right), (zeros, ones, down)),
    ):
        transforms = torch.stack([torch.stack(row, dim=1) for row in (first, second)], dim=1)
        grid = functional.affine_grid(transforms, list(single.shape), align_corners=False)
        single = functional.grid_sample(single, grid, align_corners=False)
    return single.reshape(images.shape)


@prepare.register
def _(settings: Text2ImageSettings) -> Prepared:
    units, outputs = settings.units, SIDE * SIDE
    model = nn.Sequential(
        LastState(len(VOCABULARY), units, settings.encoder_layers),
        SequenceDecoder(units, settings.decoder_layers, outputs),
        nn.Sigmoid(),
    )
    queries, answers = arrays.written(np.arange(len(arrays.arithmetic().queries)))
    inputs = torch.from_numpy(arrays.one_hot(queries))
    targets = torch.from_numpy(arrays.drawn(answers)).reshape(-1, ANSWER_LENGTH, outputs)

    def loss(indices: Tensor) -> Tensor:
        return functional.mse_loss(model(inputs[indices]), targets[indices])

    return _validated(settings, model, loss, loss)


def _answering(
    settings: SequenceSettings,
    model: nn.Module,
    inputs: Tensor,
    answers: np.ndarray,
    augmented: Callable[[Tensor], Tensor] = lambda batch: batch,
) -> Prepared:
    targets = torch.from_numpy(answers.astype(np.int64))

    def loss(batch: Tensor, indices: Tensor) -> Tensor:
        return functional.cross_entropy(model(batch).flatten(0, 1), targets[indices].flatten())

    return _validated(
        settings,
        model,
        lambda indices: loss(augmented(inputs[indices]), indices),
        lambda indices: loss(inputs[indices], indices),
    )


def _validated(
    settings: SequenceSettings,
    model: nn.Module,
    training_loss: Callable[[Tensor], Tensor],
    validation_loss: Callable[[Tensor], Tensor],
) -> Prepared:
    """Return what trains on one part of the queries, then evaluates the other."""
    optimizer = _adam(model, settings.learning_rate)
    train, validation = arrays.parts(settings)

    def epoch() -> None:
        model.train()
        _train(training_loss, optimizer, train, settings.batch_size)
        model.eval()
        with torch.inference_mode():
            for indices in torch.from_numpy(validation).split(EVALUATION_BATCH):
                validation_loss(indices)

    return Prepared(epoch, len(train), _count(model))


def _train(
    loss: Callable[[Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    indices: np.ndarray,
    batch_size: int,
) -> None:
    for chosen in torch.from_numpy(np.random.permutation(indices)).split(batch_size):
        _update(optimizer, loss(chosen))


def _update(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def _adam(model: nn.Module, learning_rate: float, beta_1: float = 0.9) -> torch.optim.Adam:
    return torch.optim.Adam(model.parameters(), learning_rate, (beta_1, 0.999), fused=True)


def _faces(count: int) -> Tensor:
    images = torch.from_numpy(arrays.scaled_faces(count)).permute(0, 3, 1, 2)
    return images.contiguous(memory_format=torch.channels_last)


def _count(model: nn.Module) -> int:
    """Count parameters without an LSTM's second bias, which is PyTorch's own and redundant."""
    named = model.named_parameters()
    return sum(weights.numel() for name, weights in named if "bias_hh" not in name)
