"""The measures of generated faces, by themselves and against real faces."""

import numpy as np

from lib.metrics import manifold
from lib.metrics.images import sharpness
from lib.metrics.ms_ssim import mean_pairwise_ms_ssim
from lib.metrics.sliced_wasserstein import sliced_wasserstein_distance


def generated_metrics(real: np.ndarray, generated: np.ndarray, prefix: str) -> dict[str, float]:
    """Return quality and diversity of `generated` and its similarity to `real`, as `prefix`_<name>.

    Both are uint8 (N, 64, 64, 3).

    sharpness: variance of the Laplacian;
    brightness: mean of all values, from 0 (black) to 1;
    ms_ssim: mean over pairs of generated images; lower is more diverse;
    swd: sliced Wasserstein distance, times 1000;
    precision, recall, density, coverage: in random features, with k = 5.
    """
    features = manifold.standardised_random_features(real, generated)
    metrics = {
        "sharpness": float(np.mean(sharpness(generated))),
        "brightness": float(np.mean(generated)) / 255,
        "ms_ssim": mean_pairwise_ms_ssim(generated),
        "swd": sliced_wasserstein_distance(real, generated)["mean"],
        **manifold.precision_recall_density_coverage(*features),
    }
    return {f"{prefix}_{name}": value for name, value in metrics.items()}
