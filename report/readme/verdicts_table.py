"""The README's table of verdicts on claims and suspected defects, from the reference."""

from collections.abc import Mapping

from report.criteria.claims import count_seeds
from report.criteria.findings import INCONCLUSIVE, NOT_RUN


def table(references: Mapping[str, dict]) -> str:
    """Return the table as Markdown, claims before defects.

    Each row shows one profile's verdict. A verdict that decides is preferred, unless an open one
    has at least its scale and number of seeds. If both decide or both are open, the full scale
    is preferred, then the larger number of seeds, then the later profile.
    """
    decisive: dict[str, tuple[str, dict]] = {}
    for part in ("claims", "defects"):
        for profile, reference in references.items():
            for claim in reference[part]:
                _, before = decisive.get(claim["id"], (profile, claim))
                if _is_preferred(claim, before):
                    decisive[claim["id"]] = profile, claim
    rows = [
        f"| {name} | {claim['claim']} | {_verdict(claim)} | `{profile}` | {_seeds(claim)} |"
        for name, (profile, claim) in decisive.items()
    ]
    heads = [
        "| | claim (C), or suspected defect (E) | verdict | profile | seeds |",
        "|---|---|---|---|--:|",
    ]
    return "\n".join([*heads, *rows]) + "\n"


def _is_preferred(later: dict, before: dict) -> bool:
    ran, ran_before = (claim["verdict"] != NOT_RUN for claim in (later, before))
    if ran != ran_before:
        return ran
    decides, decided = (claim["verdict"] != INCONCLUSIVE for claim in (later, before))
    if decides != decided:
        open_one, deciding = (before, later) if decides else (later, before)
        bases = zip(_basis(open_one), _basis(deciding), strict=True)
        stays_open = all(one >= other for one, other in bases)
        return decides != stays_open
    return _basis(later) >= _basis(before)


def _basis(claim: dict) -> tuple[bool, int]:
    """Return whether a verdict is at full scale, and its number of seeds."""
    return claim["full_scale"], count_seeds(claim["runs"])


def _seeds(claim: dict) -> int | str:
    return _basis(claim)[1] if claim["verdict"] != NOT_RUN else "–"


def _verdict(claim: dict) -> str:
    verdict, reason = claim["verdict"], claim["reason"]
    return f"{verdict}: {reason}" if verdict == INCONCLUSIVE else verdict
