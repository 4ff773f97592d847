"""Build the report: python -m report PROFILE=quick "SEEDS=0 1" [ALLOW_MISSING=1]."""

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from figures import MANIFEST
from lib.config import request
from lib.metrics.intervals import LEVEL
from lib.runs import plan
from lib.system.errors import command
from lib.system.files import write_json
from lib.system.paths import BUILD, display
from original.published import published
from report import build, disagreements, generated_faces, loss_bounds, summary
from report.content import Content, pairs
from report.criteria import answer_images
from report.criteria.amendments import AMENDMENTS
from report.criteria.claims import as_json, evaluated, suspected
from report.reference import check, results
from report.wording import called, escaped, estimate, held, range_of, required

_HELPERS = (called, escaped, estimate, held, pairs, range_of, required)


@command
def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Write report.html, report.pdf and claims.json into the build folder."""
    requested = request.parse(arguments)
    content = Content(requested, plan.load_runs(requested))
    content.check_figures(_manifest())
    claims, defects = evaluated(content), suspected(content)
    markdown = build.fill_in(
        {
            "content": content,
            "published": published(),
            "claims": claims,
            "defects": defects,
            "amendments": AMENDMENTS,
            "summary": summary,
            "level": LEVEL,
            "ran": disagreements.ran(content),
            "answer_images": answer_images,
            "generated_faces": generated_faces,
            "reference": results.at_full_scale(),
            "bounds": loss_bounds.of_prepared_digits(
                content.setting("text2image", "validation_fraction")
            ),
            **{helper.__name__: helper for helper in _HELPERS},
        }
    )
    write_json(check.OUTPUT, as_json(content, claims, defects))
    writers = {BUILD / "report.html": build.write_html, BUILD / "report.pdf": build.write_pdf}
    with ThreadPoolExecutor() as pool:  # each waits for another program
        written = [
            pool.submit(write, markdown, content.state, path) for path, write in writers.items()
        ]
    for path, result in zip(writers, written, strict=True):
        result.result()
        print(display(path))


def _manifest() -> object:
    try:
        return json.loads(MANIFEST.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


if __name__ == "__main__":
    main()
