"""Every claim of the original, judged by the criterion that was fixed for it."""

import dataclasses

from report.content import Content
from report.criteria_gan import GAN_CRITERIA
from report.criteria_image2text import IMAGE2TEXT_CRITERIA
from report.criteria_text2image import TEXT2IMAGE_CRITERIA
from report.criteria_text2text import TEXT2TEXT_CRITERIA
from report.criteria_vae import VAE_CRITERIA
from report.judgement import INCONCLUSIVE, NOT_RUN, Criterion, Finding, verdict
from report.published import published

CRITERIA = {
    **VAE_CRITERIA,
    **GAN_CRITERIA,
    **TEXT2TEXT_CRITERIA,
    **IMAGE2TEXT_CRITERIA,
    **TEXT2IMAGE_CRITERIA,
}
# Trains so little that nothing follows from its numbers.
MEANINGLESS_PROFILE = "smoke"


@dataclasses.dataclass(frozen=True)
class Judged:
    """A claim with its verdict."""

    id: str
    claim: str
    criterion: Criterion
    findings: tuple[Finding, ...]
    verdict: str
    reason: str
    full_scale: bool
    runs: tuple[str, ...]  # the run directories, as seen from the working folder

    def record(self) -> dict:
        """Return the claim for machines."""
        return {
            "id": self.id,
            "claim": self.claim,
            "criterion": self.criterion.words,
            "evidence": [finding.record(self.full_scale) for finding in self.findings],
            "verdict": self.verdict,
            "reason": self.reason,
            "full_scale": self.full_scale,
            "runs": list(self.runs),
        }


def judged(content: Content) -> dict[str, Judged]:
    """Return every claim, judged, by its name."""
    texts = published()["claims"]
    return {name: _judge(name, texts[name]["text"], content) for name in texts}


def _judge(name: str, text: str, content: Content) -> Judged:
    criterion = CRITERIA[name]
    full_scale = content.is_full_scale(criterion.needs)
    lacking = not criterion.needs or bool(content.targets_lacking(criterion.needs))
    findings = () if lacking else tuple(criterion.findings(content))
    if not criterion.needs:
        decided = NOT_RUN, "no such model was trained"
    elif lacking:
        decided = NOT_RUN, f"`make {' '.join(content.targets_lacking(criterion.needs))}`"
    elif content.asked.profile == MEANINGLESS_PROFILE:
        decided = INCONCLUSIVE, f"the {MEANINGLESS_PROFILE} profile trains next to nothing"
    elif stand_ins := content.stand_ins_of(criterion.needs):
        decided = INCONCLUSIVE, f"on stand-in {' and '.join(stand_ins)}"
    else:
        decided = verdict(findings, full_scale)
    runs = tuple(
        f"runs/{run.key.profile}/{run.key}"
        for pair in criterion.needs
        for run in content.runs.get(pair, ())
    )
    return Judged(name, text, criterion, findings, *decided, full_scale, runs)


def as_json(content: Content, claims: dict[str, Judged]) -> dict:
    """Return the content of claims.json."""
    return {
        "profile": content.asked.profile,
        "seeds": list(content.asked.seeds),
        "conditions": content.state,
        "claims": [claim.record() for claim in claims.values()],
    }
