"""The error for an unknown name, with what somebody probably meant."""

import difflib
import re
from collections.abc import Collection

from lib.system.errors import UserError

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


def unknown(
    kind: str, name: str, known: Collection[str], others: Collection[str] = ()
) -> UserError:
    """Return the error for an unknown name of a `kind`, with the most similar name and all `known`.

    The similar one may also be one of `others`. Neither case nor dashes count.
    """
    by_letters = {_letters(each): each for each in (*known, *others)}
    letters = _letters(name)
    alias = _ALIASES.get(letters)
    similar = difflib.get_close_matches(letters, by_letters, n=1, cutoff=0.6)
    meant = [alias] if alias in by_letters.values() else [by_letters[each] for each in similar]
    hint = "".join(f"did you mean {each}? " for each in meant)
    return UserError(f"unknown {kind} {name}; {hint}known: {', '.join(known)}")


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())
