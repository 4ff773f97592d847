"""Runs a module without showing what its training learns: python -m tests.without_images <module>.

Nothing in a training may depend on that.
"""

import runpy
import sys

from lib.training import progress

if __name__ == "__main__":
    progress.Progress.show = lambda *_: None
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
