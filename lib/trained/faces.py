"""Trained models of faces: autoencoder, VAE and GAN.

Faces are uint8 (n, 64, 64, 3); latents are float32 (n, latent_dim).
"""

import numpy as np

from lib.data.images import SIDE
from lib.system.errors import UserError
from lib.system.randomness import generator
from lib.trained.model import TrainedModel, check_images
from lib.training.trainer import to_uint8


class FaceModel(TrainedModel):
    """A model between latents and faces; a subclass says which directions it has."""

    @property
    def latent_dim(self) -> int:
        """The number of latent dimensions."""
        return self.settings.latent_dim

    def latents(self, count: int, seed: int = 0) -> np.ndarray:
        """Draw `count` latents; the first ones do not depend on `count`."""
        return generator(seed, "samples").standard_normal((count, self.latent_dim), np.float32)

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """Generate `count` faces."""
        return self.decode(self.latents(count, seed))

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Return the latents of faces; those of a VAE are the means.

        Raises UserError if the model has no encoder.
        """
        self.check_has_encoder()
        images = np.asarray(images)
        check_images(images, (SIDE, SIDE, 3))
        return self.predict("encoder", images.astype(np.float32) / 255)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Return the faces of latents."""
        return to_uint8(self.predict("decoder", self.checked(latents)))

    def checked(self, latents: np.ndarray) -> np.ndarray:
        """Return latents as float32. Raises UserError for another shape than the model's."""
        latents = np.asarray(latents, np.float32)
        if latents.ndim != 2 or latents.shape[1] != self.latent_dim or not len(latents):
            raise UserError(
                f"latents of shape {latents.shape}; {self.name} takes (n, {self.latent_dim})"
            )
        return latents

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """Return the faces that the encoder's latents are decoded to."""
        return self.decode(self.encode(images))

    def interpolate(self, a: np.ndarray, b: np.ndarray, steps: int = 9) -> np.ndarray:
        """Return `steps` faces, 2 or more, at equal distances on the line from `a` to `b`.

        Both are latents (latent_dim,), or faces (64, 64, 3), which are encoded first.
        """
        if steps < 2:
            raise UserError(f"an interpolation of {steps} steps; give 2 or more")
        a, b = (self.encode(end[None])[0] if np.ndim(end) == 3 else end for end in (a, b))
        fraction = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
        return self.decode(a * (1 - fraction) + b * fraction)

    def check_has_encoder(self) -> None:
        """Raise UserError if the model has no encoder."""
        if "encoder" not in self.networks:
            raise UserError(
                f"{self.name} has no encoder and takes no images; use a VAE, such as vae-64"
            )


class Autoencoder(FaceModel):
    """The convolutional autoencoder: it encodes and decodes, but has no prior to sample from."""

    used = ("encoder", "decoder")

    def latents(self, count: int, seed: int = 0) -> np.ndarray:
        """Raise UserError: nothing says how the latents of faces are distributed."""
        raise UserError(
            f"{self.name} is no generative model and has no latents to draw; use a VAE or a GAN, "
            "or give it images"
        )


class VAE(FaceModel):
    """A VAE. Its latents come from the prior, at the scale of its setting `sample_scale`.

    The corrected VAE has a prior of its own, the Gaussian that fits the encoded faces.
    """

    used = ("encoder", "decoder")

    def latents(self, count: int, seed: int = 0) -> np.ndarray:
        """Draw `count` latents from the prior; the first ones do not depend on `count`."""
        standard = super().latents(count, seed) * np.float32(self.settings.sample_scale)
        return self.predict("prior", standard) if "prior" in self.networks else standard


class GAN(FaceModel):
    """A GAN: it generates faces from N(0, I), and has no encoder."""

    used = ("generator",)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Return the faces that the generator maps latents to."""
        return to_uint8((self.predict("generator", self.checked(latents)) + 1) / 2)
