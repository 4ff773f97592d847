import numpy as np
import pytest
from PIL import Image

from lib.system.paths import REPOSITORY
from report.reference import image_sheets, recorded_runs

MEGABYTE = 10**6


@pytest.mark.parametrize(
    "shape", [(9, 64, 64, 3), (2, 9, 64, 64, 3), (5, 3, 28, 28), (4, 2, 3, 28, 28), (1, 28, 28)]
)
def test_sheets_of_images_lose_nothing_and_have_the_same_bytes_each_time(tmp_path, shape):
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for name in ("one.png", "other.png"):
        image_sheets.write(tmp_path / name, images)
    assert np.array_equal(image_sheets.read(tmp_path / "one.png"), images)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()


def test_images_lie_side_by_side_on_a_sheet(tmp_path):
    image_sheets.write(tmp_path / "sheet.png", np.zeros((2, 9, 64, 64, 3), np.uint8))
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (9 * 64, 2 * 64)


def test_a_picture_that_is_no_sheet_is_refused(tmp_path):
    Image.new("L", (28, 28)).save(tmp_path / "picture.png")
    with pytest.raises(ValueError, match=r"picture\.png is no sheet"):
        image_sheets.read(tmp_path / "picture.png")


def test_the_record_is_small():
    files = [file for file in recorded_runs.FOLDER.rglob("*") if file.is_file()]
    # Git stores equal files once.
    assert sum(map(len, {file.read_bytes() for file in files})) < 20 * MEGABYTE
    sizes = {file: file.stat().st_size for file in files}
    assert max(sizes.values()) < MEGABYTE
    runs = {}
    for file, size in sizes.items():
        if "runs" in file.relative_to(recorded_runs.FOLDER).parts:
            runs[file.parent] = runs.get(file.parent, 0) + size
    assert max(runs.values()) < MEGABYTE


def test_no_path_of_a_machine_is_in_the_record():
    for file in recorded_runs.FOLDER.rglob("*.json*"):
        text = file.read_text(encoding="utf-8")
        assert str(REPOSITORY) not in text
        assert "/home/" not in text, file
        assert "FACES=" not in text, file


def test_each_recorded_image_of_an_answer_has_its_query_and_no_more_are_recorded():
    runs = (*recorded_runs.load_all("quick"), *recorded_runs.load_all("paper"))
    drawn = [run for run in runs if run.key.experiment in ("text2image", "text2image_ablation")]
    assert drawn
    for run in drawn:
        queries, samples = run.result["examples"], run.samples
        for split in ("training", "validation"):
            targets = samples.get(f"{split}_targets", ())
            assert len(queries.get(split, ())) == len(targets), (run.key, split)
