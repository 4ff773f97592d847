"""Why an image cannot be used."""

MAX_PIXELS = 52_000_000  # once decoded; with what decoders need besides, up to 650 MB
MAX_WEBP_PIXELS = 40_000_000  # its decoder holds four copies
MAX_JPEG_PIXELS = 260_000_000  # decoded at an eighth of its size


class UnusableError(Exception):
    """An image that cannot be used; the message is a short reason, the same for all of a kind."""


NOT_AN_IMAGE = "not a JPEG, PNG, GIF, BMP, WebP, TIFF, PNM, HEIC or AVIF image"
DAMAGED = "damaged or cut off"
HIDDEN = "hidden or system file"
NOT_A_NUMBER = "values that are not a number"
DUPLICATE = "duplicate name"
DAMAGED_IN_ARCHIVE = "damaged in the archive"
TOO_LARGE = (
    f"more than {MAX_PIXELS // 10**6} million pixels "
    f"({MAX_JPEG_PIXELS // 10**6} in a JPEG, {MAX_WEBP_PIXELS // 10**6} in a WebP)"
)
