"""The corrected face models and the ablations differ from the published ones only as intended."""

import dataclasses

import pytest

from lib.config import request
from lib.config.profiles import PROFILES

KL_VARIANTS = {
    f"{kl}-{size}": (f"vae_{size}", "published") for kl in ("sum", "mean") for size in (32, 64, 128)
}
BASELINES = {
    **{("vae_ablation", variant): (baseline, {"kl"}) for variant, baseline in KL_VARIANTS.items()},
    ("gan_ablation", "separate-optimizers"): (("gan_first_epoch", "published"), {"optimizer"}),
}


def settings(profile, experiment, variant):
    (planned,) = request.planned(request.Request(profile=profile), [experiment], [variant])
    return dataclasses.asdict(planned.settings)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("ablation", BASELINES, ids="-".join)
def test_an_ablation_changes_one_setting_of_its_published_baseline(profile, ablation):
    baseline, differing = BASELINES[ablation]
    ablated, published = settings(profile, *ablation), settings(profile, *baseline)
    assert {name for name in ablated if ablated[name] != published[name]} == differing


@pytest.mark.parametrize("profile", PROFILES)
def test_the_corrected_vae_trains_on_no_more_faces_than_the_published(profile):
    corrected = settings(profile, "vae_corrected", "corrected")
    for baseline in ("vae_32", "vae_64", "vae_128"):
        published = settings(profile, baseline, "published")
        assert corrected["image_count"] == published["image_count"]
        assert corrected["epochs"] <= published["epochs"]


def real_faces_in_an_epoch(settings, real_fraction):
    return settings["steps_per_epoch"] * settings["batch_size"] * real_fraction


def test_an_epoch_of_the_corrected_gan_has_as_many_real_faces_as_the_published_gan_sees():
    """At full scale in one epoch, in the quick profile in all; half a published batch is real."""
    for profile in ("quick", "paper"):
        corrected = settings(profile, "gan_corrected", "corrected")
        published = settings(profile, "gan_64", "published")
        epochs = published["epochs"] if profile == "quick" else 1
        seen = epochs * real_faces_in_an_epoch(published, 0.5)
        assert real_faces_in_an_epoch(corrected, 1) == seen
