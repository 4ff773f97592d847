"""Evaluates every claim and suspected defect by its criterion."""

import dataclasses

from original.published import published
from report.content import Content
from report.criteria.face_defects import FACE_DEFECT_CRITERIA
from report.criteria.findings import (
    INCONCLUSIVE,
    NOT_REPRODUCED,
    NOT_RUN,
    REPRODUCED,
    Criterion,
    Finding,
    verdict,
)
from report.criteria.gan import GAN_CRITERIA
from report.criteria.image2text import IMAGE2TEXT_CRITERIA
from report.criteria.image2text_defects import IMAGE2TEXT_DEFECT_CRITERIA
from report.criteria.reporting_defects import REPORTING_DEFECT_CRITERIA
from report.criteria.text2image import TEXT2IMAGE_CRITERIA
from report.criteria.text2image_defects import TEXT2IMAGE_DEFECT_CRITERIA
from report.criteria.text2text import TEXT2TEXT_CRITERIA
from report.criteria.vae import VAE_CRITERIA
from report.reference.recorded_runs import NumbersOnlyError, RecordedRun

CRITERIA = {
    **VAE_CRITERIA,
    **GAN_CRITERIA,
    **TEXT2TEXT_CRITERIA,
    **IMAGE2TEXT_CRITERIA,
    **TEXT2IMAGE_CRITERIA,
}
DEFECT_CRITERIA = {
    **FACE_DEFECT_CRITERIA,
    **IMAGE2TEXT_DEFECT_CRITERIA,
    **TEXT2IMAGE_DEFECT_CRITERIA,
    **REPORTING_DEFECT_CRITERIA,
}
# Trains so little that its numbers mean nothing.
MEANINGLESS_PROFILE = "smoke"

# The names of verdicts on suspected defects.
DEFECT_VERDICTS = {REPRODUCED: "confirmed", NOT_REPRODUCED: "refuted"}


@dataclasses.dataclass(frozen=True)
class EvaluatedClaim:
    """A claim, or a suspected defect, with its verdict."""

    id: str
    claim: str
    criterion: Criterion
    findings: tuple[Finding, ...]
    verdict: str
    reason: str
    studied: bool  # whether its runs belong to the requested study
    full_scale: bool
    runs: tuple[str, ...]  # the run directories, as seen from the working folder

    def record(self) -> dict:
        """Return the claim as JSON values."""
        return {
            "id": self.id,
            "claim": self.claim,
            "criterion": self.criterion.text,
            "criterion_version": self.criterion.version,
            "evidence": [finding.record(self.full_scale) for finding in self.findings],
            "verdict": self.verdict,
            "reason": self.reason,
            "full_scale": self.full_scale,
            "runs": list(self.runs),
        }


def evaluated(content: Content) -> dict[str, EvaluatedClaim]:
    """Return every claim, evaluated, by its name."""
    texts = published()["claims"]
    return {name: _evaluate(name, texts[name]["text"], CRITERIA[name], content) for name in texts}


def suspected(content: Content) -> dict[str, EvaluatedClaim]:
    """Return every suspected defect, evaluated, by its name: "confirmed" or "refuted"."""
    texts = published()["defects"]
    made = {
        name: _evaluate(name, texts[name]["text"], DEFECT_CRITERIA[name], content) for name in texts
    }
    return {
        name: dataclasses.replace(each, verdict=DEFECT_VERDICTS.get(each.verdict, each.verdict))
        for name, each in made.items()
    }


def _evaluate(name: str, text: str, criterion: Criterion, content: Content) -> EvaluatedClaim:
    studied = content.studies(criterion.needs)
    full_scale = studied and content.is_full_scale(criterion.needs)
    findings, lacking = _findings(criterion, content) if studied else ((), [])
    found = verdict(findings, full_scale)
    if not studied:
        decided = NOT_RUN, f"`{content.make([], 'all')} STUDY=corrected`"
    elif lacking and found[0] != NOT_REPRODUCED:
        decided = NOT_RUN, f"`{content.make(lacking)}`"
    elif content.requested.profile == MEANINGLESS_PROFILE:
        decided = INCONCLUSIVE, f"the {MEANINGLESS_PROFILE} profile trains next to nothing"
    elif synthetic_kinds := content.synthetic_of(criterion.needs):
        decided = INCONCLUSIVE, f"on stand-in {' and '.join(synthetic_kinds)}"
    elif changed := content.changes_of(criterion.needs):
        decided = INCONCLUSIVE, f"changed settings: {' '.join(changed)}"
    else:
        decided = found
    runs = tuple(run.key.folder for pair in criterion.needs for run in content.runs.get(pair, ()))
    shown = tuple(finding for finding in findings if finding.values)
    return EvaluatedClaim(name, text, criterion, shown, *decided, studied, full_scale, runs)


def _findings(
    criterion: Criterion, content: Content
) -> tuple[tuple[Finding, ...], list[tuple[str, str]]]:
    """Return the findings of a criterion, and the runs that are missing for the rest."""
    lacking = content.lacking(criterion.needs)
    if lacking and not criterion.in_part:
        return (), lacking
    recorded = [
        pair
        for pair in criterion.needs
        if any(isinstance(run, RecordedRun) for run in content.runs.get(pair, ()))
    ]
    try:
        findings = tuple(
            dataclasses.replace(finding, level=criterion.level)
            for finding in criterion.findings(content)
        )
    except NumbersOnlyError:
        return (), recorded
    if all(finding.values for finding in findings):
        return findings, lacking
    return findings, [pair for pair in criterion.needs if pair in lacking or pair in recorded]


def as_json(
    content: Content, claims: dict[str, EvaluatedClaim], defects: dict[str, EvaluatedClaim]
) -> dict:
    """Return the content of claims.json."""
    return {
        "profile": content.requested.profile,
        "seeds": list(content.requested.seeds),
        "conditions": content.state,
        "claims": [claim.record() for claim in claims.values()],
        "defects": [defect.record() for defect in defects.values()],
    }
