"""Profiles: how much of the original's scale is run. No TensorFlow here."""

import dataclasses
import functools
import subprocess
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Profile:
    """A scale to run at; `changes` maps an experiment, or "experiment/variant", to settings."""

    description: str
    duration: str
    changes: Mapping[str, Mapping[str, object]]

    def changes_for(self, experiment: str, variant: str) -> dict[str, object]:
        """Return the settings that this profile changes in one variant of an experiment."""
        return {
            **self.changes.get(experiment, {}),
            **self.changes.get(f"{experiment}/{variant}", {}),
        }


_SMOKE_FACES = {"epochs": 2, "image_count": 64, "filters": 8}
_SMOKE_GAN = {**_SMOKE_FACES, "steps_per_epoch": 2, "batch_size": 16}
_SMOKE_QUERIES = {"epochs": 2, "query_count": 640, "units": 16, "compile": False}
_QUICK_VAE = {"epochs": 5, "image_count": 3_000}
_QUICK_GAN = {"epochs": 3, "steps_per_epoch": 16}
# One epoch sees as many real faces as a whole training with _QUICK_GAN.
_QUICK_CORRECTED_GAN = {"epochs": 8, "steps_per_epoch": 96}
_QUICK_IMAGE2TEXT = {"epochs": 8}
_QUICK_UNAUGMENTED = {"epochs": 25}  # of a quarter of the queries
_QUICK_CONVLSTM = {"epochs": 2, "query_count": 2_500}
_QUICK_TEXT2IMAGE = {"epochs": 4, "query_count": 10_000}

PROFILES = {
    "smoke": Profile(
        description="everything, tiny: shows that it runs, the numbers mean nothing",
        duration="under 3 minutes on two CPU cores",
        changes={
            "cae": {**_SMOKE_FACES, "batch_size": 16},
            **{name: _SMOKE_FACES for name in ("vae_32", "vae_64", "vae_128")},
            "vae_64_wide": {**_SMOKE_FACES, "filters": 16},
            **{name: _SMOKE_GAN for name in ("gan_64", "gan_128", "gan_256")},
            "gan_first_epoch": {**_SMOKE_GAN, "epochs": 1},
            "gan_ablation": {**_SMOKE_GAN, "epochs": 1},
            **{name: _SMOKE_FACES for name in ("vae_ablation", "vae_corrected")},
            "gan_corrected": {**_SMOKE_FACES, "steps_per_epoch": 2},
            "text2text": _SMOKE_QUERIES,
            "text2text/train-95": {"compile": True},
            "image2text": {**_SMOKE_QUERIES, "filters": 4},
            "text2image": _SMOKE_QUERIES,
            "image2text_ablation": {**_SMOKE_QUERIES, "filters": 4},
            "text2image_ablation": _SMOKE_QUERIES,
            "image2text_corrected": {**_SMOKE_QUERIES, "filters": 4},
            "text2image_corrected": {**_SMOKE_QUERIES, "filters": 8, "discriminator_filters": 4},
            "text2text_corrected": _SMOKE_QUERIES,
            "digit_classifier": {"epochs": 2, "filters": 4, "digit_count": 1_000},
        },
    ),
    "quick": Profile(
        description="reduced: fewer images and epochs, enough to show some trends",
        duration="about 30 minutes on two CPU cores, estimated",
        changes={
            "cae": {"epochs": 2, "image_count": 1_000},
            **{name: _QUICK_VAE for name in ("vae_32", "vae_64", "vae_128")},
            "vae_64_wide": {**_QUICK_VAE, "epochs": 2},
            **{name: _QUICK_GAN for name in ("gan_64", "gan_128", "gan_256")},
            **{name: _QUICK_VAE for name in ("vae_ablation", "vae_corrected")},
            "gan_corrected": _QUICK_CORRECTED_GAN,
            "text2text": {"epochs": 24},
            "text2text/train-75": {"epochs": 30},
            "text2text/train-50": {"epochs": 45},
            "text2text/train-25": {"epochs": 90},
            "text2text/train-10": {"epochs": 100},
            "text2text/train-05": {"epochs": 100},
            "image2text": _QUICK_IMAGE2TEXT,
            "image2text/convlstm": _QUICK_CONVLSTM,
            "image2text/flatten-unaugmented": _QUICK_UNAUGMENTED,
            "image2text/convlstm-unaugmented": {**_QUICK_CONVLSTM, "query_count": 8_000},
            "text2image": _QUICK_TEXT2IMAGE,
            "image2text_ablation": _QUICK_IMAGE2TEXT,
            "image2text_ablation/convlstm-rescaled-once": _QUICK_CONVLSTM,
            "image2text_ablation/flatten-unaugmented-rescaled-twice": _QUICK_UNAUGMENTED,
            "text2image_ablation": _QUICK_TEXT2IMAGE,
            "digit_classifier": {"epochs": 2},
            "image2text_corrected": {"epochs": 10},
            "text2image_corrected": {"epochs": 10},
        },
    ),
    "paper": Profile(
        description="the original's own scale",
        duration="about 20 hours on two CPU cores, estimated; meant for a GPU",
        changes={},
    ),
}


@functools.cache
def default_profile() -> tuple[str, str]:
    """Return the profile to run if none is requested, and why."""
    try:
        answer = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=10)
        has_gpu = answer.returncode == 0 and answer.stdout.startswith("GPU")
    except (OSError, subprocess.TimeoutExpired):
        has_gpu = False
    return ("paper", "an NVIDIA GPU answers") if has_gpu else ("quick", "no NVIDIA GPU answers")
