"""Colour profiles (ICC, version 2), written by the published primaries and curves of spaces."""

import struct

import numpy as np

# Chromaticities of red, green, blue and white (D65, D50), by the standards of these spaces.
_D65, _D50 = (0.3127, 0.3290), (0.3457, 0.3585)
SPACES = {
    "sRGB": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _D65),
    "Display P3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    "Adobe RGB": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), _D65),
    "ProPhoto": ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), _D50),
}
GAMMAS = {"Adobe RGB": 563 / 256, "ProPhoto": 1.8}  # the others have sRGB's curve
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def _xyz(point):
    x, y = point
    return np.array([x / y, 1, (1 - x - y) / y])


def to_d50(space):
    """The matrix from linear colours to XYZ as an ICC profile has it, adapted to D50."""
    *primaries, white = SPACES[space]
    columns = np.column_stack([_xyz(primary) for primary in primaries])
    matrix = columns * np.linalg.solve(columns, _xyz(white))
    scale = (_BRADFORD @ _xyz(_D50)) / (_BRADFORD @ _xyz(white))
    return np.linalg.inv(_BRADFORD) @ np.diag(scale) @ _BRADFORD @ matrix


def linear(space, values):
    """Values in 0..1, encoded as in `space`, made linear."""
    values = np.asarray(values, float)
    if space in GAMMAS:
        return values ** GAMMAS[space]
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encoded(space, values):
    """The inverse of `linear`."""
    values = np.clip(values, 0, 1)
    if space in GAMMAS:
        return values ** (1 / GAMMAS[space])
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)


def of_srgb(space, colour):
    """The 8-bit values in `space` of a colour given by 8-bit values in sRGB."""
    xyz = to_d50("sRGB") @ linear("sRGB", np.array(colour) / 255)
    values = 255 * encoded(space, np.linalg.solve(to_d50(space), xyz))
    return tuple(np.rint(values).astype(int).tolist())


def _curve(space):
    samples = np.rint(65535 * linear(space, np.linspace(0, 1, 1024))).astype(">u2")
    return b"curv" + bytes(4) + struct.pack(">I", len(samples)) + samples.tobytes()


def _point(xyz):
    return b"XYZ " + bytes(4) + struct.pack(">3i", *np.rint(65536 * np.asarray(xyz)).astype(int))


def profile(space, name=None):
    """A profile of RGB by matrix and curves."""
    red, green, blue = to_d50(space).T
    curve = _curve(space)
    points = {b"rXYZ": _point(red), b"gXYZ": _point(green), b"bXYZ": _point(blue)}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _profile(b"RGB ", name or space, points | curves)


def grey_profile(gamma):
    """A profile of grey by a curve."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(256 * gamma)) + bytes(2)
    return _profile(b"GRAY", f"grey, gamma {gamma}", {b"kTRC": curve})


def _profile(colours, name, tags):
    text = name.encode() + b"\0"
    described = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {
        b"desc": described + bytes(-len(described) % 4),
        b"cprt": b"text" + bytes(4) + b"none",
        b"wtpt": _point(_xyz(_D50)),
        **tags,
    }
    table, data = struct.pack(">I", len(tags)), b""
    for tag, value in tags.items():
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(value))
        data += value
    white = struct.pack(">3i", *np.rint(65536 * _xyz(_D50)).astype(int))
    size = 128 + len(table) + len(data)
    header = struct.pack(">I4xI", size, 0x02400000) + b"mntr" + colours + b"XYZ "
    header += bytes(12) + b"acsp" + bytes(28) + white + bytes(48)
    return header + table + data
