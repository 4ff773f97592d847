"""The README's table of verdicts: which claims hold, which defects are real, by the reference."""

from collections.abc import Mapping

from report.judgement import INCONCLUSIVE, NOT_RUN


def table(references: Mapping[str, dict]) -> str:
    """Return the table as Markdown, claims before defects.

    Of several profiles the last one that decides has the word, and of those that leave it open the
    last one that ran.
    """
    decisive: dict[str, tuple[str, dict]] = {}
    for part in ("claims", "defects"):
        for profile, reference in references.items():
            for judged in reference[part]:
                _, before = decisive.get(judged["id"], (profile, judged))
                if _weight(judged) >= _weight(before):
                    decisive[judged["id"]] = profile, judged
    rows = [
        f"| {name} | {judged['claim']} | {_words(judged)} | `{profile}` | {_seeds(judged)} |"
        for name, (profile, judged) in decisive.items()
    ]
    heads = [
        "| | claim (C), or suspected defect (E) | verdict | profile | seeds |",
        "|---|---|---|---|--:|",
    ]
    return "\n".join([*heads, *rows]) + "\n"


def _weight(judged: dict) -> int:
    undecided = (NOT_RUN, INCONCLUSIVE)
    verdict = judged["verdict"]
    return undecided.index(verdict) if verdict in undecided else len(undecided)


def _seeds(judged: dict) -> int | str:
    """Return how many seeds a verdict rests on, in a run directory's last part."""
    seeds = {run.rpartition("/")[2] for run in judged["runs"]}
    return len(seeds) if judged["verdict"] != NOT_RUN else "–"


def _words(judged: dict) -> str:
    verdict, reason = judged["verdict"], judged["reason"]
    return f"{verdict}: {reason}" if verdict == INCONCLUSIVE else verdict
