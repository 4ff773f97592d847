"""Judge the claims in the terminal: python -m report.check PROFILE=quick "SEEDS=0 1".

The runs are compared with the reference results. The exit status is 1 where any differs, or where
a claim that the reference calls reproduced no longer is.
"""

import collections
import sys
import textwrap
from collections.abc import Sequence

from lib import plan, request
from lib.errors import command
from lib.files import write_json
from lib.paths import BUILD
from report import reference
from report.agreement import AGREEMENTS, DIFFERS, Agreement, compare
from report.claims import Judged, as_json, judged, suspected
from report.content import Content
from report.judgement import REPRODUCED, VERDICTS

OUTPUT = BUILD / "claims.json"


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Print the verdicts, write claims.json, compare with the reference results."""
    asked = request.parse(words)
    content = Content(asked, plan.load_runs(asked))
    claims = judged(content)
    defects = suspected(content)
    write_json(OUTPUT, as_json(content, claims, defects))
    print(content.state, *verdict_lines(claims), *verdict_lines(defects), sep="\n")
    known = reference.read(asked.profile)
    if known is None:
        print(f"there are no reference results of the {asked.profile} profile to compare with")
        return 0
    compared = compare(reference.entries(asked), known["runs"])
    print("\nThese runs and the reference", *agreement_lines(compared), sep="\n")
    lost = no_longer_reproduced(claims, known)
    for name in lost:
        print(f"{name} is reproduced in the reference, and here: {claims[name].verdict}")
    return int(bool(lost) or any(each.verdict == DIFFERS for each in compared))


def verdict_lines(claims: dict[str, Judged], width: int = 100) -> list[str]:
    """Return verdicts as lines of at most `width` characters, and their counts."""
    column = max(map(len, VERDICTS))
    lines = []
    for name, claim in claims.items():
        text = f"{claim.claim} [{claim.reason}]" if claim.reason else claim.claim
        head = f"{name:4}{claim.verdict:{column}}  "
        indent = " " * len(head)
        lines += textwrap.wrap(text, width, initial_indent=head, subsequent_indent=indent)
    counts = collections.Counter(claim.verdict for claim in claims.values())
    return [*lines, ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())]


def agreement_lines(compared: Sequence[Agreement], width: int = 100) -> list[str]:
    """Return the comparison with the reference as lines, and the counts, agreement first."""
    column = max(map(len, AGREEMENTS))
    lines = []
    for each in sorted(compared, key=lambda each: AGREEMENTS.index(each.verdict)):
        head = f"{each.verdict:{column}}  "
        text = f"{each.name}: {each.reason}"
        lines += textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * len(head))
    every = [each.verdict for each in compared]
    return [*lines, ", ".join(f"{every.count(verdict)} {verdict}" for verdict in AGREEMENTS)]


def no_longer_reproduced(claims: dict[str, Judged], known: dict) -> list[str]:
    """Return the claims that `known`, as in claims.json, calls reproduced and `claims` do not."""
    expected = [claim["id"] for claim in known["claims"] if claim["verdict"] == REPRODUCED]
    return [name for name in expected if name not in claims or claims[name].verdict != REPRODUCED]


if __name__ == "__main__":
    main()
