"""The 8x8 digits that come with scikit-learn, in MNIST's layout.

Alpaydin and Kaynak, "Optical recognition of handwritten digits" (UCI, 1998).
"""

import cv2
import numpy as np
from sklearn.datasets import load_digits

from lib.data.digits import SIDE

# MNIST's own layout: the digit fills about 20x20 pixels in the middle.
DIGIT_SIDE = 20
TRAINING = 1500
CONVERTED = (
    f"8x8 digits of 17 grey levels, enlarged to {DIGIT_SIDE}x{DIGIT_SIDE} (bilinear) and "
    f"centred on {SIDE}x{SIDE}; the first {TRAINING:,} are for training"
)


def enlarged_digits() -> dict[str, np.ndarray]:
    """Return the arrays of lib.data.digits.Digits, by name.

    They are ordered by writer, so a split in order keeps most of the test's writers unseen.
    """
    bunch = load_digits()
    small = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    images = np.zeros((len(small), SIDE, SIDE), np.uint8)
    margin = (SIDE - DIGIT_SIDE) // 2
    for image, digit in zip(images, small, strict=True):
        image[margin:-margin, margin:-margin] = cv2.resize(
            digit, (DIGIT_SIDE, DIGIT_SIDE), interpolation=cv2.INTER_LINEAR_EXACT
        )
    labels = bunch.target.astype(np.uint8)
    return {
        "train_images": images[:TRAINING],
        "train_labels": labels[:TRAINING],
        "test_images": images[TRAINING:],
        "test_labels": labels[TRAINING:],
    }
