import contextlib
import gzip

import numpy as np
import pytest

from lib.data.idx import gunzip, parse_idx
from lib.system.errors import UserError


def idx(*dimensions: int, values: bytes) -> bytes:
    numbers = b"".join(number.to_bytes(4, "big") for number in dimensions)
    return bytes([0, 0, 8, len(dimensions)]) + numbers + values


def test_idx_bytes_become_an_array():
    read = parse_idx(idx(2, 1, 3, values=bytes([1, 2, 3, 250, 251, 255])))
    assert read.dtype == np.uint8
    assert read.tolist() == [[[1, 2, 3]], [[250, 251, 255]]]
    assert parse_idx(idx(3, values=b"\x00\x07\x09")).tolist() == [0, 7, 9]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x00\x08",
        b"PK\x03\x04 a zip",
        b"<html>quota exceeded</html>",
        b"\x00\x00\x0d\x01\x00\x00\x00\x01\x00\x00\x00\x00",
        b"\x00\x00\x08\x00",
        b"\x00\x00\x08\xff" + b"\x01" * 2000,
        b"\x00\x00\x08\x03\x00\x00",
        idx(4, values=b"abc"),
        idx(2, values=b"abc"),
        idx(2**32 - 1, 2**32 - 1, 2**32 - 1, values=b"abc"),
        idx(0, 2**32 - 1, values=b"abc"),
    ],
)
def test_lying_idx_headers_are_refused(data):
    with pytest.raises(UserError, match="IDX"):
        parse_idx(data)


def test_random_bytes_never_break_the_idx_reader():
    random = np.random.default_rng(0)
    for _ in range(2000):
        data = b"\x00\x00\x08" + random.integers(0, 4, random.integers(0, 20), np.uint8).tobytes()
        with contextlib.suppress(UserError):
            assert parse_idx(data).size == len(data) - 4 - 4 * data[3]


def test_gunzip_is_bounded_and_reports_damage():
    packed = gzip.compress(b"\0" * 1_000_000)
    assert gunzip(packed, 1_000_000) == b"\0" * 1_000_000
    with pytest.raises(UserError, match="more than"):
        gunzip(packed, 999_999)
    scrambled = packed[:12] + b"\xff" * 8 + packed[20:]
    for damaged in (packed[:-20], packed[:-8] + b"\0" * 8, b"no gzip", scrambled):
        with pytest.raises(UserError, match="not a whole gzip"):
            gunzip(damaged, 2_000_000)
