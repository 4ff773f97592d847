import numpy as np

from lib.data.idx import parse_idx


def idx(*dimensions: int, values: bytes) -> bytes:
    numbers = b"".join(number.to_bytes(4, "big") for number in dimensions)
    return bytes([0, 0, 8, len(dimensions)]) + numbers + values


def test_idx_bytes_become_an_array():
    read = parse_idx(idx(2, 1, 3, values=bytes([1, 2, 3, 250, 251, 255])))
    assert read.dtype == np.uint8
    assert read.tolist() == [[[1, 2, 3]], [[250, 251, 255]]]
    assert parse_idx(idx(3, values=b"\x00\x07\x09")).tolist() == [0, 7, 9]
