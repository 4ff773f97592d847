"""IDX, the format of MNIST's files: arrays of unsigned bytes, packed with gzip."""

import gzip
import io
import math
import zlib

import numpy as np

from lib.system.errors import UserError


def gunzip(packed: bytes, limit: int) -> bytes:
    """Return the unpacked bytes; raises UserError for damaged ones or more than `limit` of them."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            content = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"not a whole gzip file ({error}); get it again") from error
    if len(content) > limit:
        raise UserError(f"a gzip file unpacks to more than {limit:,} bytes; get it again")
    return content


def parse_idx(data: bytes) -> np.ndarray:
    """Return the array in `data`, the content of an unpacked IDX file of unsigned bytes.

    The format: two zero bytes, the type (8), the number of dimensions (here 1 to 3), each
    dimension as a big-endian 32-bit number, the values. Raises UserError on anything else.
    """
    if len(data) < 4 or data[:3] != b"\x00\x00\x08" or not 1 <= data[3] <= 3:
        raise UserError("not an IDX file of unsigned bytes (wrong first bytes); get it again")
    header = 4 + 4 * data[3]
    if len(data) < header:
        raise UserError("an IDX file ends within its header; get it again")
    shape = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(4, header, 4))
    if len(data) - header != math.prod(shape):
        raise UserError(
            f"an IDX file announces {' x '.join(map(str, shape))} values "
            f"and holds {len(data) - header:,}; get it again"
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)
