"""What somebody probably meant by an unknown name."""

import difflib
import re
from collections.abc import Collection

# Names of the same thing elsewhere, without dashes; similar spellings need no entry.
_ALIASES = {
    "lr": "LEARNING_RATE",
    "gpu": "CUDA",
    "workers": "JOBS",
    "images": "FACES",
    "photos": "FACES",
    "mnist": "DIGITS",
    "everything": "all",
}


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return "did you mean X? " with the known name that is most like `name`, "" if none is.

    Neither case nor dashes count.
    """
    by_letters = {_letters(each): each for each in known}
    letters = _letters(name)
    alias = _ALIASES.get(letters)
    if alias in known:
        return f"did you mean {alias}? "
    similar = difflib.get_close_matches(letters, by_letters, n=1, cutoff=0.6)
    return f"did you mean {by_letters[similar[0]]}? " if similar else ""


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())
