"""The photos of current phones, of 108 and 200 million pixels, in bounded memory."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from lib.system.paths import REPOSITORY
from tests.data.images.samples import GREYS, four_colours, saved

PROGRAM = (
    "import json, sys; from pathlib import Path\n"
    "from lib.data.images.reading import open_images\n"
    "with open_images(Path(sys.argv[1])) as images:\n"
    "    (image,) = images.read(limit=1)\n"
    "status = Path('/proc/self/status').read_text().splitlines()\n"
    "(peak,) = [int(line.split()[1]) for line in status if line.startswith('VmHWM:')]\n"
    "print(json.dumps([image.size, image.pixels.tolist(), peak]))"
)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(12000, 9000), (16384, 12288)])
def test_a_photo_of_a_phone_is_used_in_400_megabytes(tmp_path, size, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    (tmp_path / "x.jpg").write_bytes(saved(four_colours(GREYS, size), "JPEG"))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "x.jpg")],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    read_size, pixels, kilobytes = json.loads(done.stdout)
    assert tuple(read_size) == size
    quarters = np.array(pixels)[16::32, 16::32].reshape(4, 3)
    assert np.abs(quarters - np.array(GREYS)[:, None]).max() <= 2
    assert kilobytes < 400 * 1024
