"""The README's table of verdicts: which claims hold, which defects are real, by the reference."""

from collections.abc import Mapping

from report.criteria.findings import INCONCLUSIVE, NOT_RUN


def table(references: Mapping[str, dict]) -> str:
    """Return the table as Markdown, claims before defects.

    Of several profiles one that decides has the word, unless one that leaves it open has no smaller
    scale and no fewer seeds. If both decide or neither does, the full scale comes first, then
    the number of seeds, then the later profile.
    """
    decisive: dict[str, tuple[str, dict]] = {}
    for part in ("claims", "defects"):
        for profile, reference in references.items():
            for claim in reference[part]:
                _, before = decisive.get(claim["id"], (profile, claim))
                if _has_the_word(claim, before):
                    decisive[claim["id"]] = profile, claim
    rows = [
        f"| {name} | {claim['claim']} | {_words(claim)} | `{profile}` | {_seeds(claim)} |"
        for name, (profile, claim) in decisive.items()
    ]
    heads = [
        "| | claim (C), or suspected defect (E) | verdict | profile | seeds |",
        "|---|---|---|---|--:|",
    ]
    return "\n".join([*heads, *rows]) + "\n"


def _has_the_word(later: dict, before: dict) -> bool:
    ran, ran_before = (claim["verdict"] != NOT_RUN for claim in (later, before))
    if ran != ran_before:
        return ran
    decides, decided = (claim["verdict"] != INCONCLUSIVE for claim in (later, before))
    if decides != decided:
        open_one, deciding = (before, later) if decides else (later, before)
        grounds = zip(_ground(open_one), _ground(deciding), strict=True)
        stays_open = all(one >= other for one, other in grounds)
        return decides != stays_open
    return _ground(later) >= _ground(before)


def _ground(claim: dict) -> tuple[bool, int]:
    """Return whether a verdict is of the full scale, and on how many seeds it rests."""
    # The last part of a run directory is its seed.
    return claim["full_scale"], len({run.rpartition("/")[2] for run in claim["runs"]})


def _seeds(claim: dict) -> int | str:
    return _ground(claim)[1] if claim["verdict"] != NOT_RUN else "–"


def _words(claim: dict) -> str:
    verdict, reason = claim["verdict"], claim["reason"]
    return f"{verdict}: {reason}" if verdict == INCONCLUSIVE else verdict
