"""Evaluate the claims in the terminal: python -m report.reference.check PROFILE=quick "SEEDS=0 1".

The runs are compared with the recorded ones. The exit status is 1 if any differs, or if a verdict
is the opposite of the recorded one.
"""

import collections
import sys
import textwrap
from collections.abc import Mapping, Sequence

from lib.config import request
from lib.runs import plan
from lib.system.errors import command
from lib.system.files import write_json
from lib.system.paths import BUILD
from report.content import Content
from report.criteria.claims import DEFECT_VERDICTS, EvaluatedClaim, as_json, evaluated, suspected
from report.criteria.findings import VERDICTS
from report.reference import record, results
from report.reference.agreement import AGREEMENTS, DIFFERS, Agreement, compare
from report.reference.results import ReferenceResults

OUTPUT = BUILD / "claims.json"


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Print the verdicts, write claims.json, compare with the reference results."""
    requested = request.parse(arguments)
    content = Content(requested, plan.load_runs(requested))
    claims = evaluated(content)
    defects = suspected(content)
    write_json(OUTPUT, as_json(content, claims, defects))
    recorded = results.at_full_scale()
    print(content.state)
    for evaluated_claims in (claims, defects):
        print("", *verdict_lines(evaluated_claims, recorded), sep="\n")
    known = record.read(requested.profile)
    if known is None:
        print(f"there are no reference results of the {requested.profile} profile to compare with")
        return 0
    compared = compare(record.entries(requested), known["runs"])
    print("\nThese runs and the reference", *agreement_lines(compared), sep="\n")
    opposed = opposite_verdicts(claims | defects, [*known["claims"], *known["defects"]])
    for name, (here, there) in opposed.items():
        print(f"{name} is {here}, and in the reference {there}")
    return int(bool(opposed) or any(each.verdict == DIFFERS for each in compared))


def verdict_lines(
    claims: dict[str, EvaluatedClaim], recorded: ReferenceResults, width: int = 100
) -> list[str]:
    """Return verdicts as lines of at most `width` characters, and their counts.

    Next to each stands the recorded one of the full scale, and on how many seeds it rests.
    """
    column, recorded_column = max(map(len, VERDICTS)), len("not reproduced, 10 seeds")
    lines = [f"{'':4}{'here':{column}}  {'recorded, full scale':{recorded_column}}"]
    for name, claim in claims.items():
        text = f"{claim.claim} [{claim.reason}]" if claim.reason else claim.claim
        known = ", ".join(filter(None, (recorded.verdict(name), recorded.verdict_seeds(name))))
        head = f"{name:4}{claim.verdict:{column}}  {known:{recorded_column}}  "
        lines += _wrapped(head, text, width)
    counts = collections.Counter(claim.verdict for claim in claims.values())
    return [*lines, ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())]


def agreement_lines(compared: Sequence[Agreement]) -> list[str]:
    """Return the comparison with the reference as lines, and the counts, agreement first."""
    column = max(map(len, AGREEMENTS))
    lines = []
    for each in sorted(compared, key=lambda each: AGREEMENTS.index(each.verdict)):
        lines += _wrapped(f"{each.verdict:{column}}  ", f"{each.name}: {each.reason}")
    every = [each.verdict for each in compared]
    return [*lines, ", ".join(f"{every.count(verdict)} {verdict}" for verdict in AGREEMENTS)]


def _wrapped(head: str, text: str, width: int = 100) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * len(head))


def opposite_verdicts(
    own: Mapping[str, EvaluatedClaim], known: Sequence[Mapping]
) -> dict[str, tuple[str, str]]:
    """Return, by their names, the verdicts that contradict those of `known`, as in claims.json.

    Each with the other one. What either side leaves open contradicts nothing.
    """
    decided = set(DEFECT_VERDICTS) | set(DEFECT_VERDICTS.values())
    there = {one["id"]: one["verdict"] for one in known if one["verdict"] in decided}
    return {
        name: (evaluated.verdict, there[name])
        for name, evaluated in own.items()
        if name in there and evaluated.verdict in decided - {there[name]}
    }


if __name__ == "__main__":
    main()
