"""Errors for the person who reads them."""

import functools
import os
import sys
from collections.abc import Callable


class UserError(Exception):
    """Something that the user can mend: says what is wrong, where, and what to do."""


class Offline(UserError):
    """No mirror of a file can be reached: no name service, no route, refused or no answer."""


def command(main: Callable[..., int | None]) -> Callable[..., None]:
    """Make `main` a command: a UserError is one line on stderr and exit status 2, Ctrl-C is 130."""

    @functools.wraps(main)
    def run(*args: object, **kwargs: object) -> None:
        try:
            status = main(*args, **kwargs)
        except UserError as error:
            print(f"error: {error}", file=sys.stderr)
            status = 2
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            status = 130
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 1
        sys.exit(status or 0)

    return run
