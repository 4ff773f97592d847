"""The corrected study's face models are compared with the published ones on equal terms."""

import dataclasses

import pytest

from lib.config import request
from lib.config.profiles import PROFILES

KL_VARIANTS = {
    f"{kl}-{size}": (f"vae_{size}", "published") for kl in ("sum", "mean") for size in (32, 64, 128)
}
TWINS = {
    **{("vae_ablation", variant): (twin, {"kl"}) for variant, twin in KL_VARIANTS.items()},
    ("gan_ablation", "separate-optimizers"): (("gan_first_epoch", "published"), {"optimizer"}),
}


def settings(profile, experiment, variant):
    (planned,) = request.planned(request.Request(profile=profile), [experiment], [variant])
    return dataclasses.asdict(planned.settings)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("ablation", TWINS, ids="-".join)
def test_an_ablation_changes_one_setting_of_its_published_twin(profile, ablation):
    twin, differing = TWINS[ablation]
    ours, theirs = settings(profile, *ablation), settings(profile, *twin)
    assert {name for name in ours if ours[name] != theirs[name]} == differing


@pytest.mark.parametrize("profile", PROFILES)
def test_the_corrected_vae_sees_no_more_faces_than_the_published(profile):
    ours = settings(profile, "vae_corrected", "corrected")
    for twin in ("vae_32", "vae_64", "vae_128"):
        theirs = settings(profile, twin, "published")
        assert ours["image_count"] == theirs["image_count"]
        assert ours["epochs"] <= theirs["epochs"]


def real_faces_in_an_epoch(settings, share):
    return settings["steps_per_epoch"] * settings["batch_size"] * share


def test_the_corrected_gan_passes_the_number_of_faces_that_the_published_saw():
    """Of the published batch, half is real."""
    for profile in ("quick", "paper"):
        ours = settings(profile, "gan_corrected", "corrected")
        theirs = settings(profile, "gan_64", "published")
        epochs = theirs["epochs"] if profile == "quick" else 1
        assert real_faces_in_an_epoch(ours, 1) == epochs * real_faces_in_an_epoch(theirs, 0.5)
