"""The numbers by which generated images are evaluated, against real ones and beside them."""

import numpy as np

from lib.metrics import images, manifold


def generated_metrics(real: np.ndarray, generated: np.ndarray, prefix: str) -> dict[str, float]:
    """Return looks, diversity and closeness to `real` of `generated`, as `prefix`_<name>.

    Both are uint8 (N, 64, 64, 3). Sharpness is the variance of the Laplacian; brightness the mean
    of all values, from 0 (black) to 1; ms_ssim the mean over pairs of generated images (lower is
    more diverse); swd the sliced Wasserstein distance, times 1000; precision, recall, density and
    coverage are taken in random features, with k = 5.
    """
    features = manifold.standardised_random_features(real, generated)
    metrics = {
        "sharpness": float(np.mean(images.sharpness(generated))),
        "brightness": float(np.mean(generated)) / 255,
        "ms_ssim": images.mean_pairwise_ms_ssim(generated),
        "swd": images.sliced_wasserstein_distance(real, generated)["mean"],
        **manifold.precision_recall_density_coverage(*features),
    }
    return {f"{prefix}_{name}": value for name, value in metrics.items()}


def mean_smoothness(rows: np.ndarray) -> float:
    """Return the mean interpolation smoothness of `rows`: uint8 (rows, frames, 64, 64, 3).

    1 is equal steps; rows without any change do not count, and where there are no others the result
    is not a number.
    """
    values = [images.interpolation_smoothness(frames) for frames in rows]
    moving = [value for value in values if value is not None]
    return float(np.mean(moving)) if moving else float("nan")
