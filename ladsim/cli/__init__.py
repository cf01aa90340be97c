"""The program ``ladsim``: its commands, listed in ``program``.

In: words typed in a terminal. Out: a result on standard output, what is said besides on standard error, and an exit code (see
``exits``). There is no arithmetic here: a command reads its options, calls the layers to its left and lays out what comes back.

To add a command that simulates nothing: a function in ``files``, and a line in ``program``. That of a study stands in a file of its
own, with the options of all studies (``request.study_command``), and is found by ``planning.studies.STUDIES``. Whatever is heavy is
imported inside the function that needs it, so that ``ladsim --help`` answers at once.
"""

from __future__ import annotations

import os
import sys

# Commands should answer at once: pydantic need not search all installed packages for plugins.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# Matrices are small here: threads would spend more time waiting for each other than reckoning (a fit takes more than twice as long).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    from ladsim.cli.program import app, main
except KeyboardInterrupt:  # nothing has begun yet
    sys.stderr.write("error: stopped before anything was done\n")
    raise SystemExit(3) from None

__all__ = ["app", "main"]
