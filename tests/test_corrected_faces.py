"""The corrected study's face models are compared with the published ones on equal terms."""

import dataclasses

import pytest

from lib import request
from lib.profiles import PROFILES

TWINS = {
    "mean-32": ("vae_32", {"kl_reduction"}),
    "mean-64": ("vae_64", {"kl_reduction"}),
    "mean-128": ("vae_128", {"kl_reduction"}),
    "sum-64-batch-64": ("vae_64", {"batch_size"}),
    "mean-64-batch-64": ("vae_64", {"kl_reduction", "batch_size"}),
}


def settings(profile, experiment, variant):
    (planned,) = request.planned(request.Request(profile=profile), [experiment], [variant])
    return dataclasses.asdict(planned.settings)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("variant", TWINS)
def test_a_weight_of_the_divergence_is_all_that_differs_from_the_published_twin(profile, variant):
    twin, differing = TWINS[variant]
    ours, theirs = settings(profile, "vae_kl_weight", variant), settings(profile, twin, "published")
    assert {name for name in ours if ours[name] != theirs[name]} == differing


@pytest.mark.parametrize("profile", PROFILES)
def test_the_mended_vae_sees_no_more_faces_than_the_published(profile):
    ours = settings(profile, "vae_fixed", "corrected")
    for twin in ("vae_32", "vae_64", "vae_128"):
        theirs = settings(profile, twin, "published")
        assert ours["image_count"] == theirs["image_count"]
        assert ours["epochs"] <= theirs["epochs"]


def real_faces_in_an_epoch(settings, share):
    return settings["steps_per_epoch"] * settings["batch_size"] * share


def test_the_mended_gan_passes_the_number_of_faces_that_the_published_saw():
    """Of the published batch, half is real."""
    for profile in ("quick", "paper"):
        ours = settings(profile, "gan_fixed", "corrected")
        theirs = settings(profile, "gan_64", "published")
        epochs = theirs["epochs"] if profile == "quick" else 1
        assert real_faces_in_an_epoch(ours, 1) == epochs * real_faces_in_an_epoch(theirs, 0.5)
