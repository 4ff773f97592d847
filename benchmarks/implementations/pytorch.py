"""PyTorch: the same models, losses and optimizers, as its experts write them for a CPU.

The defaults for threads and determinism apply. Tensors are in memory, Adam is fused, convolutions
of faces are channels-last because that was measured to be faster, and recurrent layers are
`nn.LSTM` unless dropout prevents it.
"""

import functools
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.implementations import PreparedTraining, arrays
from benchmarks.implementations.pytorch_models import (
    VAE,
    ConvLSTM,
    DropoutDecoder,
    LastState,
    SequenceDecoder,
    downsampling,
    upsampling,
)
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


@functools.singledispatch
def prepare(settings: Settings) -> PreparedTraining:
    """Return a training in PyTorch."""
    raise TypeError(f"no PyTorch implementation for {type(settings).__name__}")


@prepare.register
def _(settings: VAESettings) -> PreparedTraining:
    model = VAE(settings.filters, settings.latent_dim).to(memory_format=torch.channels_last)
    optimizer = _adam(model, settings.learning_rate)
    faces = _faces(settings.image_count)

    def step(indices: Tensor) -> Tensor:
        images = faces[indices]
        decoded, _, _ = model(images)
        return functional.binary_cross_entropy(decoded, images)

    return PreparedTraining(
        lambda: _train(step, optimizer, np.arange(len(faces)), settings.batch_size),
        len(faces),
        _count(model),
    )


@prepare.register
def _(settings: GANSettings) -> PreparedTraining:
    generator = upsampling(settings.filters, settings.latent_dim, nn.Tanh())
    discriminator = downsampling(settings.filters, 1)
    for model in (generator, discriminator):
        model.to(memory_format=torch.channels_last)
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
                generated = generator(torch.randn(half, settings.latent_dim))
            probabilities = discriminator(torch.cat([real, generated]))
            _update(optimizers[0], functional.binary_cross_entropy(probabilities, labels))
            discriminator.requires_grad_(False)
            probabilities = discriminator(generator(torch.randn(batch, settings.latent_dim)))
            _update(optimizers[1], functional.binary_cross_entropy(probabilities, ones))
            discriminator.requires_grad_(True)

    parameters = _count(generator) + _count(discriminator)
    return PreparedTraining(train, settings.steps_per_epoch * batch, parameters)


@prepare.register
def _(settings: Text2TextSettings) -> PreparedTraining:
    encoder, decoder = LastState(len(VOCABULARY), settings.units), SequenceDecoder(settings.units)
    queries, answers = arrays.tokens()
    inputs = torch.from_numpy(arrays.one_hot(queries))
    return _sequences(
        settings, nn.Sequential(encoder, decoder), inputs, _targets(answers), _token_loss
    )


@prepare.register
def _(settings: Image2TextSettings) -> PreparedTraining:
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
    queries, answers = arrays.tokens()
    images = torch.from_numpy(arrays.token_images(queries)).reshape(-1, QUERY_LENGTH, 1, SIDE, SIDE)
    images /= 255  # a second time, as in the original
    augment = functools.partial(_augmented, settings)
    return _sequences(settings, model, images, _targets(answers), _token_loss, augment)


def _augmented(settings: Image2TextSettings, images: Tensor) -> Tensor:
    """Rotate, zoom and shift images (n, 5, 1, 28, 28), each by random amounts of its own."""
    single = images.flatten(0, 1)
    rotation, zoom, right, down = torch.rand(4, len(single)) * 2 - 1
    angle, scale = rotation * settings.rotation * 2 * torch.pi, 1 + zoom * settings.zoom
    zeros, ones = torch.zeros_like(zoom), torch.ones_like(zoom)
    # Coordinates run from -1 to 1, so the side has length 2.
    right, down = (2 * settings.translation * shift for shift in (right, down))
    for matrix in (
        (angle.cos(), angle.sin(), zeros, -angle.sin(), angle.cos(), zeros),
        (scale, zeros, zeros, zeros, scale, zeros),
        (ones, zeros, right, zeros, ones, down),
    ):
        transforms = torch.stack(matrix, dim=1).unflatten(1, (2, 3))
        grid = functional.affine_grid(transforms, list(single.shape), align_corners=False)
        single = functional.grid_sample(single, grid, align_corners=False)
    return single.reshape(images.shape)


@prepare.register
def _(settings: Text2ImageSettings) -> PreparedTraining:
    units, outputs = settings.units, SIDE * SIDE
    model = nn.Sequential(
        LastState(len(VOCABULARY), units, settings.encoder_layers),
        SequenceDecoder(units, settings.decoder_layers, outputs),
        nn.Sigmoid(),
    )
    queries, answers = arrays.tokens()
    inputs = torch.from_numpy(arrays.one_hot(queries))
    targets = torch.from_numpy(arrays.token_images(answers)).reshape(-1, ANSWER_LENGTH, outputs)
    return _sequences(settings, model, inputs, targets, functional.mse_loss)


def _targets(answers: np.ndarray) -> Tensor:
    return torch.from_numpy(answers.astype(np.int64))


def _token_loss(logits: Tensor, tokens: Tensor) -> Tensor:
    return functional.cross_entropy(logits.flatten(0, 1), tokens.flatten())


def _sequences(
    settings: SequenceSettings,
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    loss: Callable[[Tensor, Tensor], Tensor],
    augment: Callable[[Tensor], Tensor] = lambda batch: batch,
) -> PreparedTraining:
    """Return a training on one split of the queries that then evaluates the validation split."""
    optimizer = _adam(model, settings.learning_rate)
    train, validation = arrays.splits(settings)

    def training_loss(indices: Tensor) -> Tensor:
        return loss(model(augment(inputs[indices])), targets[indices])

    def epoch() -> None:
        model.train()
        _train(training_loss, optimizer, train, settings.batch_size)
        model.eval()
        with torch.inference_mode():
            for indices in torch.from_numpy(validation).split(EVALUATION_BATCH):
                loss(model(inputs[indices]), targets[indices])

    return PreparedTraining(epoch, len(train), _count(model))


def _train(
    loss: Callable[[Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    indices: np.ndarray,
    batch_size: int,
) -> None:
    for batch in torch.from_numpy(np.random.permutation(indices)).split(batch_size):
        _update(optimizer, loss(batch))


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
    """Count the parameters except the second, redundant bias that only PyTorch's LSTM has."""
    named = model.named_parameters()
    return sum(weights.numel() for name, weights in named if "bias_hh" not in name)
