"""Drawn faces: the same on every machine, and all different."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lib.data.synthetic.canvas import mixed
from lib.data.synthetic.faces import BATCH, draw_faces
from lib.system.paths import REPOSITORY


def drawn(count, seed=0):
    return np.array(list(draw_faces(count, seed)))


@pytest.fixture(scope="module")
def faces():
    return drawn(60)


def test_shape_and_type(faces):
    assert faces.shape == (60, 64, 64, 3)
    assert faces.dtype == np.uint8
    assert not list(draw_faces(0))


def test_a_smaller_count_is_the_beginning_of_a_larger_one(faces):
    np.testing.assert_array_equal(drawn(7), faces[:7])


def test_several_processes_draw_the_same(faces):
    many = drawn(4 * BATCH)
    assert len(many) == 4 * BATCH
    np.testing.assert_array_equal(many[:60], faces)


def test_another_seed_draws_others(faces):
    assert not (drawn(5, seed=1) == faces[:5]).all(axis=(1, 2, 3)).any()


def test_processors_with_other_instructions_draw_the_same(faces, tmp_path):
    script = tmp_path / "draw.py"
    script.write_text(
        "import sys; from lib.data.synthetic.faces import draw_faces; "
        "sys.stdout.buffer.write(b''.join(face.tobytes() for face in draw_faces(60)))"
    )
    older = {
        "PYTHONPATH": str(REPOSITORY),
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        "OPENCV_CPU_DISABLE": "AVX2,AVX,FP16",
        "OPENBLAS_CORETYPE": "Nehalem",
        "PYTHONWARNINGS": "default::ImportWarning",  # NumPy's, of a name that it does not know
    }
    process = subprocess.run(
        [sys.executable, script], env=os.environ | older, capture_output=True, check=True
    )
    assert b"not part of the dispatched" not in process.stderr
    assert process.stdout == faces.tobytes()


def test_an_image_over_another_is_their_average_weighted_by_its_opacity():
    opacity, over = np.mgrid[:256, :256].astype(np.uint8)
    under = over[::-1, ::-1]
    expected = np.rint(under + (over - under.astype(float)) * opacity / 255)
    result = mixed(np.dstack([over] * 3), np.dstack([under] * 3), opacity)
    np.testing.assert_array_equal(result, np.dstack([expected] * 3))


def test_no_two_faces_are_alike(faces):
    pairs = np.abs(faces[:, None, ::4, ::4].astype(int) - faces[None, :, ::4, ::4])
    distances = pairs.mean(axis=(2, 3, 4)) + 255 * np.eye(len(faces))
    assert distances.min() > 5


def test_every_face_has_light_and_shade(faces):
    brightness = faces.mean(axis=3).reshape(len(faces), -1)
    assert (brightness.std(axis=1) > 10).all()
    assert 60 < brightness.mean() < 190


def test_the_middle_is_a_face_and_the_corner_is_not(faces):
    """Faces share a composition: cheeks are warmer (more red than blue) than the background."""
    warmth = faces[..., 0].astype(int) - faces[..., 2]
    assert warmth[:, 30:42, 26:38].mean() > warmth[:, :10, :10].mean() + 25


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor: no other process")
def test_workers_end_when_who_started_them_is_killed():
    code = "from lib.data.synthetic.faces import draw_faces; list(draw_faces(4000))"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, start_new_session=True
    ) as drawing:
        workers = wait_for(lambda: children(drawing.pid))
        drawing.kill()
    wait_for(lambda: not any(is_alive(worker) for worker in workers))


def wait_for(found, seconds=60):
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return value


def children(pid):
    """The processes that draw; one that only tracks resources is not among them."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [
        child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
