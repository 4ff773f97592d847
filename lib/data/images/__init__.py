"""Images that people have: in folders, archives and arrays, decoded and resized to 64x64 pixels.

`reading.open_images` is the entrance. Nothing is imported here: models need only the size.
"""

SIDE = 64  # pixels, of a prepared image
