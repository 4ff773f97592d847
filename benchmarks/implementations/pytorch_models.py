"""The original's models in PyTorch."""

import torch
from torch import Tensor, nn

from lib.data.arithmetic import ANSWER_LENGTH, VOCABULARY


def downsampling(filters: int, outputs: int) -> nn.Sequential:
    """Return images (n, 3, 64, 64) -> (n, outputs) in (0, 1)."""
    channels = [3, *[filters] * 5]
    convolutions = [
        module
        for inputs in channels[:-1]
        for module in (nn.Conv2d(inputs, filters, 3, stride=2, padding=1), nn.ReLU())
    ]
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(4 * filters, outputs), nn.Sigmoid())


def upsampling(filters: int, latent_dim: int, activation: nn.Module) -> nn.Sequential:
    """Return latents (n, latent_dim) -> images (n, 3, 64, 64) in the range of `activation`."""
    channels = [64, *[filters] * 4]
    convolutions = [
        module
        for inputs in channels[:-1]
        for module in (
            nn.ConvTranspose2d(inputs, filters, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
        )
    ]
    return nn.Sequential(
        nn.Linear(latent_dim, 4 * 4 * 64),
        nn.Unflatten(1, (64, 4, 4)),
        *convolutions,
        nn.Conv2d(filters, 3, 3, padding=1),
        activation,
    )


class VAE(nn.Module):
    """Images -> reconstructions, means and log-variances."""

    def __init__(self, filters: int, latent_dim: int) -> None:
        super().__init__()
        self.features = downsampling(filters, 2 * latent_dim)
        self.mean = nn.Linear(2 * latent_dim, latent_dim)
        self.log_variance = nn.Linear(2 * latent_dim, latent_dim)
        self.decoder = upsampling(filters, latent_dim, nn.Sigmoid())

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Encode, sample latents, decode."""
        features = self.features(images)
        mean, log_variance = self.mean(features), self.log_variance(features)
        latents = mean + (log_variance / 2).exp() * torch.randn_like(mean)
        return self.decoder(latents), mean, log_variance


class LastState(nn.Module):
    """Sequences (n, length, ...) -> the last output of stacked LSTMs (n, units)."""

    def __init__(self, inputs: int, units: int, layers: int = 1) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(inputs, units, layers, batch_first=True)

    def forward(self, sequences: Tensor) -> Tensor:
        """Flatten each step, then apply the LSTMs."""
        return self.recurrent(sequences.flatten(2))[0][:, -1]


class SequenceDecoder(nn.Module):
    """Encoded queries (n, units) -> logits (n, 3, outputs)."""

    def __init__(self, units: int, layers: int = 1, outputs: int = len(VOCABULARY)) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(units, units, layers, batch_first=True)
        self.outputs = nn.Linear(units, outputs)

    def forward(self, encoded: Tensor) -> Tensor:
        """Repeat the encoded query for each token of the answer."""
        repeated = encoded[:, None].expand(-1, ANSWER_LENGTH, -1)
        return self.outputs(self.recurrent(repeated)[0])


class DropoutDecoder(nn.Module):
    """SequenceDecoder with dropout of input and state; one mask serves all steps, as in Keras.

    `nn.LSTM` has no such dropout, so the three steps are written out.
    """

    def __init__(self, units: int, dropout: float, recurrent_dropout: float) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(units, units)
        self.outputs = nn.Linear(units, len(VOCABULARY))
        self.dropout = nn.Dropout(dropout)
        self.mask = nn.Dropout(recurrent_dropout)

    def forward(self, encoded: Tensor) -> Tensor:
        """Take three steps with the same input."""
        encoded = self.dropout(encoded)
        mask = self.mask(torch.ones_like(encoded))
        state, memory = torch.zeros_like(encoded), torch.zeros_like(encoded)
        states = []
        for _ in range(ANSWER_LENGTH):
            state, memory = self.cell(encoded, (state * mask, memory))
            states.append(state)
        return self.outputs(torch.stack(states, dim=1))


class ConvLSTM(nn.Module):
    """Images (n, length, channels, height, width) -> the last state (n, filters, height, width).

    Shi et al., "Convolutional LSTM network" (2015), without peepholes. All steps and gates share
    one dropout mask; Keras has one for each gate. One convolution covers the inputs of all steps.
    """

    def __init__(
        self, channels: int, filters: int, dropout: float, recurrent_dropout: float
    ) -> None:
        super().__init__()
        self.inputs = nn.Conv2d(channels, 4 * filters, 3, padding=1)
        self.recurrent = nn.Conv2d(filters, 4 * filters, 3, padding=1, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.mask = nn.Dropout(recurrent_dropout)

    def forward(self, images: Tensor) -> Tensor:
        """Take a step for each image."""
        count, length = images.shape[:2]
        images = images * self.dropout(torch.ones_like(images[:, :1]))
        inputs = self.inputs(images.flatten(0, 1)).unflatten(0, (count, length))
        filters = self.recurrent.in_channels
        state = memory = torch.zeros(count, filters, *images.shape[3:])
        mask = self.mask(torch.ones_like(state))
        for step in range(length):
            total = inputs[:, step] + self.recurrent(state * mask)
            input_gate, forget_gate, candidate, output_gate = total.chunk(4, dim=1)
            memory = forget_gate.sigmoid() * memory + input_gate.sigmoid() * candidate.tanh()
            state = output_gate.sigmoid() * memory.tanh()
        return state
