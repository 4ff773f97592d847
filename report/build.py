"""Turns the Markdown of the report into one HTML file and one PDF, the same bytes each time."""

import subprocess
from pathlib import Path

import jinja2
import matplotlib as mpl
import pypandoc
import typst

from lib.system.errors import UserError
from lib.system.files import replaced
from lib.system.paths import display

_TEMPLATES = Path(__file__).parent / "templates"
# Without these, Typst writes the current time into the file and uses the fonts of the machine.
_TIMESTAMP = 0
_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"


def fill_in(names: dict[str, object]) -> str:
    """Return the report's Markdown: the template filled in with `names`."""
    # Delimiters that neither Markdown nor Typst uses.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Markdown, not HTML; names from outside are escaped in the template
    )
    return environment.get_template("report.md.j2").render(names)


def write_html(markdown: str, state: str, path: Path) -> None:
    """Write the report as one self-contained HTML file; `state` heads every screen.

    The figures lie in a folder next to `path`.
    """
    style = (_TEMPLATES / "page.css").read_text(encoding="utf-8")
    options = ["--embed-resources", "--mathml", "--toc", "--toc-depth=2", "-V", f"style={style}"]
    _write(path, _pandoc(markdown, state, path.parent, "html5", "page.html", options))


def write_pdf(markdown: str, state: str, path: Path) -> None:
    """Write the report as a PDF of two columns; `state` heads every page.

    The figures lie in a folder next to `path`.
    """
    source = _pandoc(markdown, state, path.parent, "typst", "page.typ", [])
    try:
        pdf = typst.compile(
            source,
            root=str(path.parent),
            font_paths=[str(_FONTS)],
            ignore_system_fonts=True,
            timestamp=_TIMESTAMP,
            pdf_standards=["ua-1"],  # refuses, for example, a figure without alternative text
        )
    except typst.TypstError as error:
        raise UserError(
            f"{display(path)} cannot be typeset: {error}; the earlier file is kept"
        ) from error
    _write(path, pdf)


def _pandoc(
    markdown: str, state: str, folder: Path, to: str, template: str, options: list[str]
) -> bytes:
    arguments = [
        pypandoc.get_pandoc_path(),
        *("--from", "markdown-implicit_figures", "--to", to, "--standalone", "--fail-if-warnings"),
        *("--wrap", "none"),
        *("--template", str(_TEMPLATES / template)),
        *("--resource-path", str(folder)),
        *("--metadata", f"state={state}"),
        # Before the citations: a cross-reference must not be looked up as a source.
        *("--lua-filter", str(_TEMPLATES / "crossref.lua")),
        *("--citeproc", "--bibliography", str(_TEMPLATES / "references.bib")),
        *options,
    ]
    done = subprocess.run(arguments, input=markdown.encode(), capture_output=True, check=False)
    if done.returncode:
        reason = " ".join(done.stderr.decode(errors="replace").split())
        raise UserError(f"pandoc cannot build the report: {reason}; the earlier file is kept")
    return done.stdout


def _write(path: Path, content: bytes) -> None:
    with replaced(path) as temporary:
        temporary.write_bytes(content)
