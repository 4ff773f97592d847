"""Which criteria were changed after something had been seen, and how."""

import dataclasses

from lib.metrics.intervals import LEVEL
from report.criteria.comparisons import CURVE_TOLERANCES
from report.criteria.image2text import BETTER_MARGIN
from report.criteria.text2image_defects import AVERAGE, BLURRED
from report.criteria.text2text import STALLED, TEXT2TEXT_CRITERIA, TO_ONE
from report.criteria.vae import ALIKE_MARGINS as VAE_MARGINS


@dataclasses.dataclass(frozen=True)
class Amendment:
    """One change of criteria: `seen` is what was known when `before` became `after`."""

    criteria: str
    seen: str
    before: str
    after: str


_FIGURES = ", ".join(map(str, CURVE_TOLERANCES))

AMENDMENTS = (
    Amendment(
        "C1, C2, E3, E4",
        "reduced runs",
        "decided at any scale; a tie decides",
        "requires the full scale, in whole or in part; a tie decides nothing",
    ),
    Amendment("C7, E2", "reduced runs", "first epoch at the run's scale", "first epoch in full"),
    Amendment(
        "C17",
        "text to image at full scale",
        "error relative to all other targets",
        "error relative to other targets with the same operator",
    ),
    Amendment(
        "E4",
        "text to image at full scale",
        "validation loss, and answers that a classifier reads correctly",
        "squared error against the correct tokens' average images",
    ),
    Amendment(
        "E5",
        "text to image at full scale",
        f"sharpness and error against average digits, both below {BLURRED:.0%}",
        f"sharpness below {BLURRED:.0%}, error below {AVERAGE:.0%} on random queries",
    ),
    Amendment(
        "C9, C10",
        "an inconclusive first look at the seeds",
        f"intervals at {LEVEL:.0%}",
        f"more seeds, intervals at {TEXT2TEXT_CRITERIA['C9'].level:.1%}",
    ),
    Amendment(
        "C11",
        "the original's figure 11, read off",
        "training accuracy above 0.95, late gain below 0.02",
        f"training accuracy above {TO_ONE:g}, late gain below {STALLED:g}: its own curves pass",
    ),
    Amendment(
        "C3, C5",
        "three seeds of the quick profile",
        "with one seed, bounds narrower by 0.3% (loss), 5% and 10% (sharpness, SWD)",
        f"C3: by {VAE_MARGINS['loss']:.1%} (loss) and {VAE_MARGINS['samples_swd']:.0%} (SWD); "
        "otherwise one seed decides nothing",
    ),
    Amendment(
        "C13",
        "three seeds of the quick profile",
        "with one seed, a difference above 0.02",
        f"with one seed, above {BETTER_MARGIN:g}",
    ),
    Amendment(
        "all claims about curves",
        f"the original's figures {_FIGURES}, read off",
        "no comparison with the published curve",
        "inconclusive if our curve is far from the published one",
    ),
)
