import cv2
import numpy as np
import pytest

from figures import gan_display, kl
from lib.runs.directories import Run, RunKey
from tests.figures import svg_panels


def test_clipping_is_that_of_a_display_for_zero_to_one():
    values = np.linspace(-1, 1, 256)  # what a generator puts out, one for each stored level
    stored = np.arange(256, dtype=np.uint8)
    expected = np.round(255 * np.clip(values, 0, 1))
    assert np.array_equal(gan_display.as_published(stored), expected)
    assert gan_display.as_published(stored).dtype == np.uint8


def test_display_shows_the_same_samples_clipped_above_mapped(tmp_path):
    samples = np.random.default_rng(0).integers(0, 256, (1, 9, 4, 4, 3), dtype=np.uint8)
    run = Run(RunKey("quick", "gan_first_epoch", "published", 0), {}, {})
    run.__dict__["samples"] = {"samples": samples}
    gan_display.draw([[run]], tmp_path / "display.png")
    drawn = cv2.imread(str(tmp_path / "display.png"))[..., ::-1]
    tiles = [drawn[14 * row : 14 * row + 8 : 2, 150:158:2] for row in range(2)]
    assert np.array_equal(tiles[1], samples[0, 0])
    assert np.array_equal(tiles[0], gan_display.as_published(samples[0, 0]))


@pytest.fixture
def groups():
    """Two made-up runs for each of what the figure needs."""
    found = []
    for number, (experiment, variant) in enumerate(kl.FIGURES[0].needs):
        settings = {
            "latent_dim": (32, 64, 128)[number % 3],
            "kl": "none" if variant == "published" else variant.split("-")[0],
        }
        metrics = {"kl_divergence": 10.0 + number, "reconstruction_loss": 0.5 + number / 100}
        found.append(
            [
                Run(
                    RunKey("quick", experiment, variant, seed),
                    {"spec": {"settings": settings}},
                    {"metrics": metrics},
                )
                for seed in (0, 1)
            ]
        )
    return found


def test_the_kl_figure_needs_runs_that_the_studies_have():
    from lib.config.experiments import experiments

    for experiment, variant in kl.FIGURES[0].needs:
        assert variant in experiments()[experiment].variants
    assert set(kl._VARIANTS) == set(experiments()["vae_ablation"].variants)


def test_the_kl_figure_draws_a_mark_for_every_group_the_same_bytes_each_time(groups, tmp_path):
    for name in ("first.svg", "second.svg"):
        kl.draw(groups, tmp_path / name)
    text = (tmp_path / "first.svg").read_text(encoding="utf-8")
    assert text == (tmp_path / "second.svg").read_text(encoding="utf-8")
    (panel,) = svg_panels.panels(tmp_path / "first.svg")
    assert svg_panels.marks(panel) == sum(map(len, groups)) == 9 * 2
