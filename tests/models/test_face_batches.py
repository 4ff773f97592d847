import numpy as np
import pytest

from lib.models.faces.batches import FaceBatches, shown_latents
from lib.models.faces.evaluation import interpolate, interpolation_ends
from lib.system.errors import UserError


def indices_of(images, batch):
    """Return which of `images` those of `batch` are."""
    known = {image.tobytes(): k for k, image in enumerate(images)}
    return [known[image.tobytes()] for image in batch]


def test_an_epoch_shows_every_face_once_in_an_order_of_its_own(few_faces):
    batches = FaceBatches(18, 8, seed=0)
    orders = []
    for epoch in (1, 2, 1):
        shown = list(batches.shuffled(epoch))
        assert [len(batch) for batch in shown] == [8, 8, 2]
        orders.append(indices_of(few_faces, np.concatenate(shown)))
        assert sorted(orders[-1]) == list(range(18))
    assert orders[0] == orders[2] != orders[1] != list(range(18))
    assert batches.steps == 3


def test_faces_are_drawn_with_replacement_by_epoch_and_step(few_faces):
    batches = FaceBatches(20, 8, seed=0)
    first = indices_of(few_faces, batches.sampled(400, 1, 2))
    assert set(first) == set(range(20))
    assert first == indices_of(few_faces, batches.sampled(400, 1, 2))
    assert first != indices_of(few_faces, batches.sampled(400, 2, 1))


def test_another_seed_has_another_order_and_draws_other_faces(few_faces):
    one, other = (FaceBatches(20, 8, seed) for seed in (0, 1))
    orders = [np.concatenate(list(each.shuffled(1))) for each in (one, other)]
    assert not np.array_equal(*orders)
    assert not np.array_equal(one.sampled(20, 1, 2), other.sampled(20, 1, 2))
    assert not np.array_equal(interpolation_ends(0, 5), interpolation_ends(1, 5))


def test_the_two_sets_of_measured_faces_share_none(few_faces):
    first, second = FaceBatches(20, 8, seed=0).measured()
    assert indices_of(few_faces, first) == list(range(10))
    assert indices_of(few_faces, second) == list(range(10, 20))


def test_more_faces_than_there_are_is_all_of_them(few_faces):
    assert len(FaceBatches(20_000, 8, seed=0).images) == len(few_faces)


def test_too_few_faces_for_a_batch_are_told(few_faces):
    with pytest.raises(UserError, match="20 faces do not fill a batch of 64; give more images"):
        FaceBatches(20_000, 64, seed=0)


def test_latents_are_standard_normal_and_differ_by_seed():
    latents = shown_latents(0, 10_000)
    assert latents.shape == (9, 10_000)
    assert latents.dtype == np.float32
    assert abs(latents.mean()) < 0.02
    assert abs(latents.std() - 1) < 0.02
    assert not np.array_equal(latents, shown_latents(1, 10_000))
    assert interpolation_ends(0, 5).shape[::2] == (2, 5)


def test_interpolation_goes_in_nine_equal_steps_from_one_end_to_the_other():
    ends = interpolation_ends(0, 7)
    path = interpolate(ends).reshape(-1, 9, 7)
    assert path.shape[0] == ends.shape[1]
    for row in range(len(path)):
        expected = np.linspace(ends[0, row], ends[1, row], 9)
        assert np.allclose(path[row], expected, atol=1e-6)
        assert np.array_equal(path[row][[0, -1]], ends[:, row])
