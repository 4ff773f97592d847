"""Reads the contents of an SVG's panels, without frames, ticks and grids."""

import xml.etree.ElementTree as ET

GROUP = "{http://www.w3.org/2000/svg}g"
USE = "{http://www.w3.org/2000/svg}use"
FRAME = 5  # a panel's background and its four spines


def panels(path):
    """Return the group of each panel."""
    found = [g for g in ET.parse(path).getroot().iter(GROUP) if g.get("id", "").startswith("axes_")]
    assert found
    return found


def data_artists(panel):
    """Return the groups of curves, bands, points and bars: ticks and grid are in the axes' own."""
    own = {group: group.get("id", "") for group in panel.findall(GROUP)}
    starts = ("line2d", "FillBetween", "PolyCollection", "PathCollection")
    patches = [group for group, name in own.items() if name.startswith("patch")]
    return [group for group, name in own.items() if name.startswith(starts)] + patches[FRAME:]


def marks(panel):
    """Return how many points the curves of a panel mark."""
    return sum(len(list(group.iter(USE))) for group in data_artists(panel))
