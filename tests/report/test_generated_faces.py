import pytest

from lib.config import request
from lib.config.faces import CorrectedGANSettings, GANSettings, VAESettings
from lib.config.profiles import PROFILES
from report.generated_faces import epochs_until, faces_seen


def test_a_vae_sees_each_image_once_an_epoch():
    settings = VAESettings(latent_dim=8, image_count=300)
    assert faces_seen(settings, 5) == 1500


def test_half_of_a_published_batch_and_all_of_a_corrected_one_are_real_faces():
    published = GANSettings(latent_dim=8, steps_per_epoch=10, batch_size=64)
    corrected = CorrectedGANSettings(steps_per_epoch=10, batch_size=64)
    assert faces_seen(published, 3) == 3 * 10 * 32
    assert faces_seen(corrected, 3) == 3 * 10 * 64


@pytest.mark.parametrize(("faces", "epochs"), [(159, 0), (160, 1), (500, 3), (10_000, 7)])
def test_whole_epochs_within_so_many_faces(faces, epochs):
    settings = CorrectedGANSettings(steps_per_epoch=10, batch_size=16, epochs=7)
    assert epochs_until(settings, faces) == epochs


@pytest.mark.parametrize("profile", PROFILES)
def test_in_each_profile_both_gans_are_measured_after_equally_many_faces(profile):
    requested = request.parse([f"PROFILE={profile}", "STUDY=corrected"])
    settings = {
        planned.key.experiment: planned.settings
        for planned in request.planned(requested, ["gan-64", "gan-128", "gan-256", "gan-corrected"])
    }
    corrected = settings.pop("gan_corrected")
    for published in settings.values():
        faces = faces_seen(published, published.epochs)
        assert faces_seen(corrected, epochs_until(corrected, faces)) == faces
