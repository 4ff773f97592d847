"""Build the report: python -m report PROFILE=quick "SEEDS=0 1" [ALLOW_MISSING=1]."""

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from figures import MANIFEST
from lib import plan, request
from lib.errors import command
from lib.files import write_json
from lib.metrics.intervals import LEVEL
from lib.paths import BUILD, display
from report import (
    build,
    check,
    disagreements,
    drawn_answers,
    generated_faces,
    loss_bounds,
    reference_results,
)
from report.claims import as_json, judged, suspected
from report.content import Content, pairs
from report.published import published
from report.wording import called, escaped, estimate, held, range_of, required

_HELPERS = (called, escaped, estimate, held, pairs, range_of, required)


@command
def main(words: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Write report.html, report.pdf and claims.json into the build folder."""
    asked = request.parse(words)
    content = Content(asked, plan.load_runs(asked))
    content.check_figures(_manifest())
    claims, suspicions = judged(content), suspected(content)
    markdown = build.fill_in(
        {
            "content": content,
            "published": published(),
            "claims": claims,
            "suspicions": suspicions,
            "level": LEVEL,
            "ran": disagreements.ran(content),
            "drawn_answers": drawn_answers,
            "generated_faces": generated_faces,
            "reference": reference_results.at_full_scale(),
            "bounds": loss_bounds.of_prepared_digits(
                content.setting("text2image", "validation_fraction")
            ),
            **{helper.__name__: helper for helper in _HELPERS},
        }
    )
    write_json(check.OUTPUT, as_json(content, claims, suspicions))
    made = {BUILD / "report.html": build.write_html, BUILD / "report.pdf": build.write_pdf}
    with ThreadPoolExecutor() as pool:  # each is the work of another program
        written = [pool.submit(make, markdown, content.state, path) for path, make in made.items()]
    for path, result in zip(made, written, strict=True):
        result.result()
        print(display(path))


def _manifest() -> object:
    try:
        return json.loads(MANIFEST.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


if __name__ == "__main__":
    main()
