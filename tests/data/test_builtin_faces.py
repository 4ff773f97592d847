"""Drawn faces: the same for everybody, and all different."""

import numpy as np
import pytest

from lib.data.builtin_faces import BATCH, draw_faces


@pytest.fixture(scope="module")
def faces():
    return draw_faces(60)


def test_shape_and_type(faces):
    assert faces.shape == (60, 64, 64, 3)
    assert faces.dtype == np.uint8
    assert draw_faces(0).shape == (0, 64, 64, 3)


def test_a_smaller_count_is_the_beginning_of_a_larger_one(faces):
    np.testing.assert_array_equal(draw_faces(7), faces[:7])


def test_several_processes_draw_the_same(faces):
    many = draw_faces(4 * BATCH)
    assert len(many) == 4 * BATCH
    np.testing.assert_array_equal(many[:60], faces)


def test_another_seed_draws_others(faces):
    assert not (draw_faces(5, seed=1) == faces[:5]).all(axis=(1, 2, 3)).any()


def test_no_two_faces_are_alike(faces):
    pairs = np.abs(faces[:, None, ::4, ::4].astype(int) - faces[None, :, ::4, ::4])
    distances = pairs.mean(axis=(2, 3, 4)) + 255 * np.eye(len(faces))
    assert distances.min() > 5


def test_every_face_has_light_and_shade(faces):
    brightness = faces.mean(axis=3).reshape(len(faces), -1)
    assert (brightness.std(axis=1) > 10).all()
    assert 60 < brightness.mean() < 190


def test_the_middle_is_a_face_and_the_corner_is_not(faces):
    """Faces share a composition: cheeks are warmer (red over blue) than what lies behind."""
    warmth = faces[..., 0].astype(int) - faces[..., 2]
    assert warmth[:, 30:42, 26:38].mean() > warmth[:, :10, :10].mean() + 25
