import pytest

from lib.config import request
from lib.config.faces import CorrectedGANSettings, GANSettings, VAESettings
from lib.config.profiles import PROFILES
from lib.runs import plan
from lib.system import paths
from report.content import Content
from report.generated_faces import (
    CORRECTED_GAN,
    PUBLISHED_GANS,
    epochs_until,
    faces_seen,
    rows,
)
from tests import fake_runs


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


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A whole study in which the SWD of the corrected GAN's samples is the epoch's number."""
    fake_runs.write(tmp_path, fake_runs.ARGUMENTS)
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    requested = request.parse(fake_runs.ARGUMENTS)
    content = Content(requested, plan.load_runs(requested))
    for runs in content.runs.values():
        for run in runs:
            run.result["metrics"] |= {"posterior_swd": 0.25, "samples_swd": 0.5}
    for run in content.runs[CORRECTED_GAN]:
        run.__dict__["history"] = [
            {**epoch, "samples_swd": float(epoch["epoch"])} for epoch in run.history
        ]
    return content


def test_the_corrected_gan_is_measured_after_the_epoch_of_equally_many_faces(made):
    (settings,) = made.settings_of([CORRECTED_GAN])
    ends = {
        faces_seen(*made.settings_of([pair]), run.result["epochs"])
        for pair in PUBLISHED_GANS
        for run in made.runs[pair]
    }
    epochs = sorted({epochs_until(settings, faces) for faces in ends} - {0, settings.epochs})
    rows_of_it = [row for row in rows(made) if row[0].startswith("GAN") and "corrected" in row[0]]
    assert [row[1] for row in rows_of_it[:-1]] == [
        f"{faces_seen(settings, epoch):,}" for epoch in epochs
    ]
    assert [float(row[2]) for row in rows_of_it[:-1]] == epochs
    assert rows_of_it[-1][1] == f"{faces_seen(settings, settings.epochs):,}"


def test_the_second_row_of_a_vae_is_of_the_fitted_gaussian(made):
    first, second = (row for row in rows(made) if row[0].startswith("VAE, 32"))
    assert (float(first[2]), float(second[2])) == (0.5, 0.25)
    assert "fitted Gaussian" in second[0]
