"""One small image with four colours, as files of many kinds."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import Image

from tests.data.images.colour_profiles import of_srgb

pillow_heif.register_heif_opener()

COLOURS = ((200, 40, 40), (90, 160, 80), (60, 80, 190), (235, 225, 205))
GREYS = (40, 85, 170, 255)


def four_colours(colours=COLOURS, size=(96, 64)):
    """An image with these colours in its quarters, by rows."""
    mode = "L" if isinstance(colours[0], int) else "RGB"
    image = Image.new(mode, size)
    width, height = size[0] // 2, size[1] // 2
    for index, colour in enumerate(colours):
        place = index % 2 * width, index // 2 * height
        image.paste(colour, (*place, place[0] + width, place[1] + height))
    return image


def in_space(space):
    """The image whose numbers are encoded in another colour space."""
    return four_colours([of_srgb(space, colour) for colour in COLOURS])


def saved(image, kind, **options):
    """The bytes of an image file."""
    buffer = io.BytesIO()
    defaults = {"JPEG": {"quality": 100, "subsampling": 0}, "HEIF": {"quality": 100, "chroma": 444}}
    defaults["AVIF"] = {"quality": 100, "subsampling": "4:4:4"}
    image.save(buffer, kind, **defaults.get(kind, {}), **options)
    return buffer.getvalue()


def exif(orientation):
    """EXIF that says how to turn an image upright."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def turned(transpose):
    """The four_colours, turned."""
    return four_colours().transpose(transpose)


def pnm(magic, maximum):
    """The image as text (P2, P3) or bytes (P5, P6) with a largest value other than 255."""
    image = four_colours() if magic in ("P3", "P6") else four_colours(GREYS)
    values = np.rint(np.asarray(image) / 255 * maximum).astype(int)
    header = f"{magic}\n{image.width} {image.height}\n{maximum}\n".encode()
    if magic in ("P2", "P3"):
        return header + " ".join(map(str, values.ravel())).encode()
    return header + values.astype(">u2" if maximum > 255 else "u1").tobytes()


def clear_grey_png(bits):
    """A PNG of grey levels of this many bits, of which the first is transparent."""
    levels = [0, 2**bits // 3, 2 * 2**bits // 3, 2**bits - 1]
    values = np.asarray(four_colours(list(range(4)))).astype(int)
    rows = np.array(levels)[values]
    if bits == 16:
        packed = rows.astype(">u2").view(np.uint8).reshape(len(rows), -1)
    else:
        flags = (rows[..., None] >> np.arange(bits)[::-1]) & 1
        packed = np.packbits(flags.reshape(len(rows), -1), axis=1)
    content = b"".join(b"\0" + row.tobytes() for row in packed)

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], bits, 0, 0, 0, 0)
    parts = {
        b"IHDR": header,
        b"tRNS": struct.pack(">H", levels[0]),
        b"IDAT": zlib.compress(content),
    }
    file = b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts.items())
    shown = [255, *(round(255 * level / (2**bits - 1)) for level in levels[1:])]
    return file + chunk(b"IEND", b""), shown
