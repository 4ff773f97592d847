"""What the runs of a report show, in sentences: for its abstract, and one line for each claim."""

from collections.abc import Mapping

from report.criteria.claims import DEFECT_VERDICTS, EvaluatedClaim
from report.criteria.findings import INCONCLUSIVE, NOT_RUN, VERDICTS, Finding, decisive
from report.wording import escaped, estimate, required

OPEN = (INCONCLUSIVE, NOT_RUN)


def counts(claims: Mapping[str, EvaluatedClaim]) -> str:
    """Return how many of `claims` have each verdict: "3 reproduced, 1 not run"."""
    verdicts = [claim.verdict for claim in claims.values()]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in _ordered(verdicts))


def decided(claims: Mapping[str, EvaluatedClaim], texts: Mapping[str, Mapping]) -> list[str]:
    """Return one sentence for each verdict that decides, with the summaries of its claims.

    `texts` is the table of claims, or of defects, in published.toml.
    """
    return [
        f"{verdict.capitalize()}: "
        + "; ".join(
            f"{texts[name]['summary']} ({name})"
            for name, claim in claims.items()
            if claim.verdict == verdict
        )
        + "."
        for verdict in _ordered([claim.verdict for claim in claims.values()])
        if verdict not in OPEN
    ]


def evidence(claim: EvaluatedClaim) -> str:
    """Return the measurement that best explains a verdict, as Markdown; "" if there is none.

    A refuted condition explains a refuted claim, an open one an open claim. Conditions on the claim
    itself come before those on the comparison.
    """
    conditions = decisive(claim.findings, claim.full_scale)
    if not conditions:
        return ""
    finding = min(conditions, key=lambda each: (_rank(each, claim), bool(each.guards)))
    value = estimate(finding.values, finding.spec, finding.level)
    return f"{escaped(finding.what)}: {value} (required: {required(finding)})"


def _rank(finding: Finding, claim: EvaluatedClaim) -> int:
    """Return 0 for a refuted finding, 1 for an open one, 2 for one that holds."""
    holds, _ = finding.evaluation(claim.full_scale)
    return {False: 0, None: 1, True: 2}[holds]


def _ordered(verdicts: list[str]) -> list[str]:
    """Return each verdict once, those that decide first."""
    order = [name for verdict in VERDICTS for name in (verdict, DEFECT_VERDICTS.get(verdict))]
    return sorted(set(verdicts), key=order.index)
