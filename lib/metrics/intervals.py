"""Mean and confidence interval over seeds."""

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit  # scipy.stats has it too, but takes a second to import

LEVEL = 0.95  # of every confidence interval


def mean_interval(values: Sequence[float], level: float = LEVEL) -> tuple[float, float | None]:
    """Return the mean of independent values and the half-width of its confidence interval.

    Student's t with n - 1 degrees of freedom ("Student", 1908); None for a single value.
    Raises ValueError if there are no values.
    """
    if not len(values):
        raise ValueError("no values to average")
    mean = float(np.mean(values))
    if len(values) == 1:
        return mean, None
    quantile = stdtrit(len(values) - 1, (1 + level) / 2)
    return mean, float(quantile * np.std(values, ddof=1) / np.sqrt(len(values)))
