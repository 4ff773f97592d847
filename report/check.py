"""Judge the claims in the terminal: python -m report.check PROFILE=quick "SEEDS=0 1".

The exit status is 1 where a claim that the reference results call reproduced no longer is.
"""

import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from lib import plan, request
from lib.errors import UserError, command
from lib.files import write_json
from lib.paths import BUILD, REPOSITORY, display
from report.claims import Judged, as_json, judged
from report.content import Content
from report.judgement import REPRODUCED, VERDICTS

OUTPUT = BUILD / "claims.json"
REFERENCE = REPOSITORY / "report" / "reference"


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Print the verdicts, write claims.json, compare with the reference."""
    asked = request.parse(words)
    content = Content(asked, plan.load_runs(asked))
    claims = judged(content)
    write_json(OUTPUT, as_json(content, claims))
    print(content.state, *verdict_lines(claims), sep="\n")
    reference = REFERENCE / f"claims-{asked.profile}.json"
    if not reference.exists():
        print(f"no reference results of the {asked.profile} profile ({_shown(reference)})")
        return 0
    lost = no_longer_reproduced(claims, reference)
    for name in lost:
        print(
            f"{name} was reproduced in {_shown(reference)}, and is now: {claims[name].verdict}",
            file=sys.stderr,
        )
    if not lost:
        print(f"what is reproduced in {_shown(reference)} is reproduced here")
    return 1 if lost else 0


def verdict_lines(claims: dict[str, Judged], width: int = 100) -> list[str]:
    """Return the verdict table as lines of at most `width` characters, and the counts."""
    column = max(map(len, VERDICTS))
    lines = []
    for name, claim in claims.items():
        text = f"{claim.claim} [{claim.reason}]" if claim.reason else claim.claim
        head = f"{name:4}{claim.verdict:{column}}  "
        indent = " " * len(head)
        lines += textwrap.wrap(text, width, initial_indent=head, subsequent_indent=indent)
    every = [claim.verdict for claim in claims.values()]
    return [*lines, ", ".join(f"{every.count(verdict)} {verdict}" for verdict in VERDICTS)]


def no_longer_reproduced(claims: dict[str, Judged], reference: Path) -> list[str]:
    """Return the claims that `reference`, a claims.json, calls reproduced and `claims` do not.

    Raises UserError where the file cannot be read.
    """
    try:
        known = json.loads(reference.read_text(encoding="utf-8"))["claims"]
        expected = [claim["id"] for claim in known if claim["verdict"] == REPRODUCED]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{_shown(reference)} cannot be read ({type(error).__name__}: {error}); replace it by "
            "the claims.json of a trusted build"
        ) from error
    return [name for name in expected if name not in claims or claims[name].verdict != REPRODUCED]


def _shown(path: Path) -> str:
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else display(path)


if __name__ == "__main__":
    main()
