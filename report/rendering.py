"""Writes the report of runs: evaluates claims, fills in the templates, converts to two formats."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from figures import pairs, published_runs
from lib.data import faces
from lib.metrics.intervals import LEVEL
from lib.models.faces.batches import CODES_FITTED, MEASURED
from lib.system.files import write_json
from lib.system.paths import display
from original.published import published
from report import build, criteria, generated_faces, provenance, summary
from report.content import Content
from report.criteria import answer_images
from report.criteria.claims import as_json, evaluated, suspected
from report.loss_bounds import LossBounds
from report.reference import results
from report.wording import (
    called,
    escaped,
    estimate,
    held,
    range_of,
    required,
    run_name,
    seeds_in_words,
    settings_text,
)

_HELPERS = (
    called,
    escaped,
    estimate,
    held,
    pairs,
    published_runs,
    range_of,
    required,
    run_name,
    seeds_in_words,
    settings_text,
)


def write_reports(content: Content, bounds: LossBounds | None, folder: Path) -> None:
    """Write report.html, report.pdf and claims.json into `folder`, which has the figures.

    `bounds` limit the loss of text to image, None if they are not known.
    """
    claims, defects = evaluated(content), suspected(content)
    markdown = build.fill_in(
        {
            "content": content,
            "published": published(),
            "claims": claims,
            "defects": defects,
            "criteria": criteria,
            "summary": summary,
            "level": LEVEL,
            "answer_images": answer_images,
            "generated_faces": generated_faces,
            "reference": results.at_full_scale(),
            "bounds": bounds,
            "environments": provenance.environments(content.runs.values()),
            # The speed of this machine is not that of the recorded runs.
            "speed": None if content.is_recorded else provenance.speed(),
            "are_original_faces": faces.KIND.is_original,
            "faces_measured": MEASURED,
            "codes_fitted": CODES_FITTED,
            **{helper.__name__: helper for helper in _HELPERS},
        }
    )
    write_json(folder / "claims.json", as_json(content, claims, defects))
    formats = {"report.html": build.write_html, "report.pdf": build.write_pdf}
    with ThreadPoolExecutor() as pool:  # each waits for another program
        written = {
            folder / name: pool.submit(write, markdown, content.state, folder / name)
            for name, write in formats.items()
        }
    for path, result in written.items():
        result.result()
        print(display(path))
