"""How what was measured in turns compares."""

import statistics
from collections.abc import Sequence


def median_ratio(ones: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios of two measurements of one turn.

    What slows the machine for longer than a turn slows both sides of a ratio.
    """
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))
