import os

import numpy as np
import pytest

from lib.runs import checkpoints


def arrays_of(epoch):
    return {
        "weights": np.random.default_rng(epoch).random((50, 40), np.float32),
        "samples": np.full((epoch, 2), epoch, np.uint8),
        "step": np.array(epoch),
    }


def save(folder, epoch):
    checkpoints.save(folder, epoch, arrays_of(epoch), {"history": [epoch], "best": float("inf")})


def assert_is_state_of(epoch, found):
    arrays, facts = found
    assert facts == {"history": [epoch], "best": float("inf")}
    assert set(arrays) == set(arrays_of(epoch))
    for name, expected in arrays_of(epoch).items():
        assert arrays[name].dtype == expected.dtype
        assert np.array_equal(arrays[name], expected)


@pytest.fixture
def folder(tmp_path):
    """A folder with the states of three epochs, as far as they are kept."""
    for epoch in (1, 2, 3):
        save(tmp_path / "checkpoint", epoch)
    return tmp_path / "checkpoint"


def test_of_a_run_that_is_done_the_newest_state_stays(folder):
    assert len(states(folder)) == 2
    checkpoints.keep_newest(folder)
    assert len(states(folder)) == 1
    assert_is_state_of(3, checkpoints.load(folder))


def states(folder):
    return sorted(folder.iterdir())


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    os.truncate(path, 0)


def zero_the_end(path):
    """As a file system may leave a file whose last blocks never reached the disk."""
    size = path.stat().st_size
    truncate(path)
    os.truncate(path, size)


DAMAGES = [flip_a_bit, truncate, empty, zero_the_end]


def test_nothing_is_found_where_nothing_is(tmp_path):
    assert checkpoints.load(tmp_path / "nowhere") is None
    assert checkpoints.load(tmp_path) is None


def test_the_newest_is_found_with_all_its_values(folder):
    assert_is_state_of(3, checkpoints.load(folder))


def test_two_are_kept_and_nothing_else(folder):
    assert [path.name[:11] for path in states(folder)] == ["epoch-00002", "epoch-00003"]


def test_newest_means_the_largest_epoch_also_beyond_nine(tmp_path):
    for epoch in (9, 10, 99, 100):
        save(tmp_path, epoch)
    assert_is_state_of(100, checkpoints.load(tmp_path))


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_one_before_is_found_where_the_newest_is_damaged(folder, damage, caplog):
    damage(states(folder)[-1])
    assert_is_state_of(2, checkpoints.load(folder))
    assert "is damaged" in caplog.text


def test_a_state_that_looks_damaged_stays_while_it_is_only_read(folder):
    """It may be a copy that is being written."""
    newest = states(folder)[-1]
    whole = newest.read_bytes()
    truncate(newest)
    checkpoints.load(folder)
    newest.write_bytes(whole)
    assert_is_state_of(3, checkpoints.load(folder))


@pytest.mark.parametrize("damage", DAMAGES)
def test_none_is_found_where_both_are_damaged(folder, damage):
    for path in states(folder):
        damage(path)
    assert checkpoints.load(folder) is None


def test_a_state_that_cannot_be_read_is_passed_over(folder, caplog):
    newest = states(folder)[-1]
    newest.unlink()
    newest.mkdir()
    assert_is_state_of(2, checkpoints.load(folder))
    assert "cannot be read" in caplog.text


def test_a_write_that_was_killed_does_no_harm(folder):
    (folder / ".epoch-00004-0123456789abcdef.1234.partial.npz").write_bytes(b"half")
    assert_is_state_of(3, checkpoints.load(folder))


def test_a_damaged_state_takes_no_place_once_its_epoch_is_trained_again(folder):
    flip_a_bit(states(folder)[-1])
    checkpoints.load(folder)
    checkpoints.save(folder, 3, arrays_of(3), {"history": [3], "best": float("inf"), "again": True})
    assert len(states(folder)) == 2
    states(folder)[-1].unlink()
    assert_is_state_of(2, checkpoints.load(folder))
