"""What the README says from the reference results: its tables and its pictures."""

from collections.abc import Mapping

from lib.system import files
from lib.system.errors import UserError
from lib.system.paths import REPOSITORY
from report.readme import experiments_table, gallery, verdicts_table

FILE = REPOSITORY / "README.md"
PROFILES = ("quick", "paper")


def write(references: Mapping[str, dict]) -> None:
    """Put each part between its marks, from the reference of each profile in `PROFILES`.

    Raises UserError if the marks are missing.
    """
    text = FILE.read_text(encoding="utf-8")
    for name, content in parts(references).items():
        text = _with_part(text, name, content)
    files.write_text(FILE, text)


def parts(references: Mapping[str, dict]) -> dict[str, str]:
    """Return, by the name of its marks, each part that is written from the references."""
    return {
        "experiments": experiments_table.table(references),
        "verdicts": verdicts_table.table(references),
        "pictures": gallery.section(references),
    }


def marks(name: str) -> tuple[str, str]:
    """Return the lines between which a part stands."""
    return f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"


def _with_part(text: str, name: str, content: str) -> str:
    first, last = marks(name)
    before, begin, rest = text.partition(first)
    _, end, after = rest.partition(last)
    if not (begin and end):
        raise UserError(f"README.md lacks the marks {first.strip()} and {last.strip()}")
    return "".join([before, begin, content, end, after])
