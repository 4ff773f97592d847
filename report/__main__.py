"""Build the report: python -m report PROFILE=quick "SEEDS=0 1" [ALLOW_MISSING=1]."""

import json
import sys
from collections.abc import Sequence

from figures import MANIFEST
from lib import plan, request
from lib.errors import command
from lib.paths import BUILD, display
from report import build
from report.claims import measured
from report.content import Content, pairs
from report.published import published
from report.wording import called, escaped, range_of


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Write report.html and report.pdf into the build folder."""
    asked = request.parse(words)
    content = Content(asked, plan.load_runs(asked))
    content.check_figures(_manifest())
    markdown = build.fill_in(
        {
            "content": content,
            "published": published(),
            "measured": measured(content),
            **{helper.__name__: helper for helper in (called, escaped, pairs, range_of)},
        }
    )
    for write, name in ((build.write_html, "report.html"), (build.write_pdf, "report.pdf")):
        write(markdown, content.state, BUILD / name)
        print(display(BUILD / name))


def _manifest() -> object:
    try:
        return json.loads(MANIFEST.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


if __name__ == "__main__":
    main()
