"""IDX, the format of MNIST's files: arrays of unsigned bytes."""

import numpy as np


def parse_idx(content: bytes) -> np.ndarray:
    """Return the array in the `content` of an unpacked IDX file, whose checksum is verified.

    The format: two zero bytes, the type (8 for unsigned bytes), the number of dimensions, each
    dimension as a big-endian 32-bit number, the values.
    """
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
