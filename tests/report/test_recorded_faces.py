"""No recorded image is, or nearly is, a photograph of somebody."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from lib.system.paths import REPOSITORY
from report.reference import image_sheets, recorded_runs

PHOTOGRAPHS = REPOSITORY.parent / "shared" / "data" / "celeba-subset-20k.zip"
SIDE = 16
# Root mean squared difference of pixels from 0 to 1. Of two photographs it is .08 or more, and of
# samples of trained models to their nearest photograph, too; of VAEs' reconstructions it is .05.
NEAR = 0.07

pytestmark = pytest.mark.skipif(
    not PHOTOGRAPHS.exists(), reason="there are no photographs in ../shared/data to compare with"
)


@pytest.fixture(scope="module")
def photographs():
    with zipfile.ZipFile(PHOTOGRAPHS) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        return np.stack([shrunk_file(archive.read(name)) for name in names])


def shrunk_file(content):
    image = Image.open(io.BytesIO(content))
    image.draft("RGB", (4 * SIDE, 4 * SIDE))  # decodes to about this size, which is much faster
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32) / 255


def shrunk(images):
    """Average uint8 images (n, 64, 64, 3) over squares, to float32 (n, SIDE, SIDE, 3)."""
    blocks = images.reshape(-1, SIDE, 64 // SIDE, SIDE, 64 // SIDE, 3)
    return blocks.mean(axis=(2, 4), dtype=np.float32) / 255


def distances(images, photographs):
    """Return the distance of each shrunk image to the nearest photograph."""
    one, other = (each.reshape(len(each), -1) for each in (images, photographs))
    squares = (one**2).sum(1)[:, None] - 2 * one @ other.T + (other**2).sum(1)
    return np.sqrt(np.maximum(squares.min(axis=1), 0) / one.shape[1])


def test_no_recorded_image_is_near_a_photograph(photographs):
    assert len(photographs) > 10_000
    checked = 0
    for file in sorted(recorded_runs.FOLDER.glob("*/runs/*/*/*/*.png")):
        images = image_sheets.read(file)
        if images.shape[-1] == 3:
            nearest = distances(shrunk(images), photographs)
            assert nearest.min() > NEAR, file
            checked += len(nearest)
    assert checked


def test_a_photograph_is_found_though_it_was_changed(photographs):
    known = photographs[::500]
    noise = np.random.default_rng(0).normal(0, 0.03, known.shape)
    darker = np.clip(known * 0.95 + noise, 0, 1).astype(np.float32)
    assert distances(darker, photographs).max() < NEAR


def test_a_face_that_nobody_photographed_is_not_taken_for_a_photograph(photographs):
    left_out = photographs[::500]
    others = np.delete(photographs, np.s_[::500], axis=0)
    assert np.median(distances(left_out, others)) > 2 * NEAR
