"""The range of a numeric setting, which its type annotation carries."""

import dataclasses
import math
from typing import Annotated


@dataclasses.dataclass(frozen=True)
class Range:
    """The finite numbers within these bounds; `above` and `below` are exclusive."""

    above: float = -math.inf
    minimum: float = -math.inf
    maximum: float = math.inf
    below: float = math.inf

    def violated_by(self, number: float) -> str | None:
        """Return which numbers are expected instead of `number`, None if it is in the range."""
        # Each comparison is false for NaN.
        if not (number > self.above and number >= self.minimum and abs(number) < math.inf):
            return self._lower_bound()
        if number > self.maximum:
            return f"at most {self.maximum}"
        if number >= self.below:
            return f"a number below {self.below}"
        return None

    def _lower_bound(self) -> str:
        if self.minimum > -math.inf:
            return f"at least {self.minimum}" if self.minimum else "0 or more"
        return f"a number above {self.above}" if self.above else "a positive number"


LARGEST_INT = 2**31 - 1
PositiveInt = Annotated[int, Range(above=0, maximum=LARGEST_INT)]
NonNegativeInt = Annotated[int, Range(minimum=0, maximum=LARGEST_INT)]
LARGEST_FLOAT = 1e30  # TensorFlow's float32 ends at 3.4e38
PositiveFloat = Annotated[float, Range(above=0, maximum=LARGEST_FLOAT)]
NonNegativeFloat = Annotated[float, Range(minimum=0, maximum=LARGEST_FLOAT)]
OpenUnitInterval = Annotated[float, Range(above=0, below=1)]
HalfOpenUnitInterval = Annotated[float, Range(minimum=0, below=1)]
# A run's own seed may be added, and numpy takes seeds below 2**32.
Seed = Annotated[int, Range(minimum=0, below=2**31)]
