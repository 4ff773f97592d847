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
def test_the_mended_vae_sees_as_many_faces_as_the_published(profile):
    ours = settings(profile, "vae_fixed", "corrected")
    for twin in ("vae_32", "vae_64", "vae_128"):
        theirs = settings(profile, twin, "published")
        for name in ("epochs", "image_count"):
            assert ours[name] == theirs[name]


def test_an_epoch_of_the_quick_mended_gan_sees_as_many_faces_as_the_published_training():
    ours = settings("quick", "gan_fixed", "corrected")
    theirs = settings("quick", "gan_64", "published")
    # Of the published batch, half is real.
    seen = theirs["epochs"] * theirs["steps_per_epoch"] * theirs["batch_size"] // 2
    assert ours["steps_per_epoch"] * ours["batch_size"] == seen
