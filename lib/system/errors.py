"""Errors for the person who reads them."""

import errno
import functools
import os
import sys
from collections.abc import Callable

from lib.system.paths import display

# What the machine may refuse to any program: disk space, permission, a working disk, a folder or a
# file where the other one is.
_REFUSALS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
    errno.ESTALE,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EISDIR,
}


class UserError(Exception):
    """Something that the user can fix; the message says what is wrong, where, and what to do."""


class Offline(UserError):
    """No mirror of a file can be reached: no name service, no route, refused or no answer."""


def command(main: Callable[..., int | None]) -> Callable[..., None]:
    """Make `main` a command: a UserError is one line on stderr and exit status 2, Ctrl-C is 130.

    What the machine refuses, such as to write on a full disk, is reported like a UserError.
    """

    @functools.wraps(main)
    def run(*args: object, **kwargs: object) -> None:
        try:
            status = main(*args, **kwargs)
        except UserError as error:
            # A path or another library's message, quoted in it, may contain line breaks.
            print(f"error: {str(error).replace(chr(10), ' ')}", file=sys.stderr)
            status = 2
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            status = 130
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 1
        except OSError as error:
            if error.errno not in _REFUSALS:
                raise
            is_named = isinstance(error.filename, str | os.PathLike)
            file = f"{display(error.filename)}: " if is_named else ""
            print(f"error: {file}{error.strerror}; fix that and run this again", file=sys.stderr)
            status = 2
        sys.exit(status or 0)

    return run
