import filecmp

import cv2
import numpy as np
import pytest

from figures import all_figures, plots
from lib.runs.directories import Run, RunKey
from tests import fake_runs
from tests.figures import svg_panels


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return fake_runs.built(tmp_path_factory.getbasetemp())


def test_the_fifteen_figures_of_the_original_come_first():
    assert [figure.number for figure in all_figures()][:15] == list(range(1, 16))
    assert all(figure.number is None for figure in all_figures()[15:])
    assert len({figure.file_name for figure in all_figures()}) == len(all_figures())
    assert all((fake_runs.REPOSITORY / figure.script).is_file() for figure in all_figures())


@pytest.mark.parametrize("figure", all_figures(), ids=lambda figure: figure.name)
def test_figure_has_no_blank_panel(figure, work):
    path = work / "build" / "figures" / figure.file_name
    if path.suffix == ".png":
        pixels = cv2.imread(str(path))
        tiles = pixels[:, 150:].reshape(-1)
        assert tiles.std() > 10
        assert (pixels[:, :150] < 128).any(), "no labels"
    else:
        assert all(svg_panels.data_artists(panel) for panel in svg_panels.panels(path))


def test_an_empty_panel_differs_from_one_with_data(tmp_path):
    for name, values in (("empty.svg", []), ("drawn.svg", [1, 2])):
        with plots.panels(tmp_path / name) as (axes,):
            axes.set(xlabel="epoch", ylabel="loss", xlim=(0, 1))
            for value in values:
                axes.plot([0, 1], [0, value])
    (empty,), (drawn,) = (svg_panels.panels(tmp_path / name) for name in ("empty.svg", "drawn.svg"))
    assert not svg_panels.data_artists(empty)
    assert len(svg_panels.data_artists(drawn)) == 2


@pytest.mark.slow
def test_figures_are_the_same_bytes_when_drawn_again(work, tmp_path):
    first = work / "build" / "figures"
    kept = tmp_path / "kept"
    first.rename(kept)
    assert fake_runs.run(work, "figures", *fake_runs.ARGUMENTS).returncode == 0
    names = sorted(file.name for file in kept.iterdir())
    assert len(names) == len(all_figures())
    assert filecmp.cmpfiles(kept, first, names, shallow=False) == (names, [], [])


def test_a_missing_run_is_named_with_its_target(tmp_path):
    fake_runs.write(tmp_path, ["PROFILE=quick"])
    (tmp_path / "runs/quick/gan_128/published/seed-0/result.json").unlink()
    done = fake_runs.run(tmp_path, "figures", "PROFILE=quick")
    assert done.returncode == 2
    assert "make gan-128" in done.stderr
    assert "Traceback" not in done.stderr


def test_allow_missing_draws_the_others_and_removes_old_ones(tmp_path):
    fake_runs.write(tmp_path, ["PROFILE=quick"])
    for result in tmp_path.glob("runs/quick/*/*/seed-0/result.json"):
        if result.parts[-4] not in ("vae_64", "gan_64", "text2text"):
            result.unlink()
    folder = tmp_path / "build" / "figures"
    folder.mkdir(parents=True)
    (folder / "vae-loss.svg").write_text("of other runs")
    assert fake_runs.run(tmp_path, "figures", "PROFILE=quick", "ALLOW_MISSING=1").returncode == 0
    there = {figure for figure in all_figures() if (folder / figure.file_name).exists()}
    assert {figure.number for figure in there} == {2, 7, 10, 11}


def test_image_rows_show_every_pixel_as_a_sharp_square(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (1, 2, 5, 5, 3), dtype=np.uint8)
    plots.image_rows(tmp_path / "rows.png", list(image), ["a"], scale=3)
    drawn = cv2.imread(str(tmp_path / "rows.png"))[..., ::-1]
    assert drawn.shape == (15, 150 + 2 * 15 + 6, 3)
    np.testing.assert_array_equal(drawn[:, 150:165], np.kron(image[0, 0], np.ones((3, 3, 1))))
    np.testing.assert_array_equal(drawn[:, 171:], np.kron(image[0, 1], np.ones((3, 3, 1))))


def test_after_a_seed_has_ended_the_mean_is_that_of_the_others_without_an_interval():
    runs = [_run([1.0, 2.0, 3.0]), _run([3.0, 6.0])]
    mean, half_width = plots.over_seeds(runs, "loss")
    assert mean.tolist() == [2.0, 4.0, 3.0]
    # Student's quantile for one degree of freedom, times half the distance of the two values.
    assert half_width == pytest.approx([12.706 * 1, 12.706 * 2, 0.0], rel=1e-4)
    assert plots.over_seeds(runs[:1], "loss")[1].tolist() == [0.0, 0.0, 0.0]
    assert plots.over_seeds(runs, "loss", epochs=1)[0].tolist() == [2.0]


def test_curves_are_drawn_with_the_published_points(work):
    """A mark for each point that was read off the original's figures, and for each curve's band."""
    drawn = {
        "vae-loss": [3 * 11 + 3],
        "text2text-curves": [2 * 5 + 7] * 2,
        "image2text-augmented": [4 * 10 + 4],
        "image2text-unaugmented": [4 * 10 + 4],
        "text2image-curves": [2 * 13 + 2 * 5] * 2,
    }
    for name, counts in drawn.items():
        panels = svg_panels.panels(work / "build" / "figures" / f"{name}.svg")
        assert [svg_panels.marks(panel) for panel in panels] == counts, name


def _run(losses):
    run = Run(RunKey("quick", "vae_32", "published", 0), {}, {})
    run.__dict__["history"] = [{"loss": loss} for loss in losses]
    return run
